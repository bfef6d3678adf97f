"""The same generated messages through ours and through nginx, and what became of each, compared.

It is the origin of the agent that is tested, and says where it listens in its first line. A request for
/run?PORT, straight to it, runs the comparison with the visitors' port PORT, and is answered with the report.
"""
import concurrent.futures
import json
import os
import sys
import threading

import reasons
import replies
import request_cases
import verdicts
import visitor
from nginx import Nginx
from origin import Origin

SEED = int(os.environ.get("OSM_DIFFERENTIAL_SEED", "20250101"))
COUNT = int(os.environ.get("OSM_DIFFERENTIAL", "1000"))
AT_ONCE = 16


def requests(ours, port, theirs, nginx):
    cases = request_cases.generate(COUNT, SEED)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda case: (visitor.send(port, case.wire), visitor.send(nginx, case.wire)), cases))
    comparison = verdicts.Comparison(reasons.REQUESTS)
    for case, (answer, reference) in zip(cases, answers):
        seen = [tuple(origin.requests.get(case.tag, ())) for origin in (ours, theirs)]
        verdicts.compare_requests(comparison, case, *seen, answer, reference)
    if set(ours.requests) - {case.tag for case in cases}: comparison.wrongs.append("the origin saw a request of nobody")
    return comparison


def responses(ours, port, nginx):
    cases = replies.generate(COUNT // 2, SEED)
    ours.replies.update((case.tag, (case.wire, case.closes)) for case in cases)

    def visit(case):
        wire = f"{case.method} /reply/{case.tag} HTTP/1.1\r\nHost: demo.localhost\r\nConnection: close\r\n\r\n".encode()
        return visitor.send(port, wire), visitor.send(nginx, wire)

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool: answers = list(pool.map(visit, cases))
    comparison = verdicts.Comparison(reasons.RESPONSES)
    for case, answer in zip(cases, answers): verdicts.compare_responses(comparison, case, *answer)
    return comparison


def run(ours, port):
    theirs = Origin(ours.replies)
    nginx = Nginx(theirs.port)
    try:
        comparisons = {
            "requests": requests(ours, port, theirs, nginx.port), "responses": responses(ours, port, nginx.port),
        }
    finally:
        nginx.close()
    report = [f"seed {SEED}"]
    for name, one in comparisons.items():
        report.append(f"{name}: {json.dumps(one.counts)}")
        report += [f"WRONG {wrong}" for wrong in one.wrongs]
        report += [f"UNNEEDED {text}" for text in one.unneeded()]
    return "\n".join(report + [f"WRONG what was passed on is malformed: {wrong}" for wrong in ours.wrongs]) + "\n"


def main():
    origin = Origin({}, command=lambda target: run(origin, int(target.partition("?")[2])))
    print(json.dumps({"port": origin.port}), flush=True)
    threading.Event().wait()


main()
