"""Runs h2load over HTTP/1.1: a fixed number of requests, each of which must be answered.

wrk does not count a request that is still waiting when its time is over, and so cannot see one that is never answered.
"""

import os
import re
import subprocess
import tempfile
import time

from figures import percentile
from processes import Failure


def run(port, host, path, connections, each, deadline):
    """`each` requests on each connection, one after the other; fails unless all are answered well within the deadline."""
    total = connections * each
    with tempfile.TemporaryDirectory(prefix="h2load-") as folder:
        log = f"{folder}/requests.tsv"
        command = ["h2load", "--h1", "-n", str(total), "-c", str(connections), f"--log-file={log}",
                   f"--connect-to=127.0.0.1:{port}", f"http://{host}{path}"]
        began = time.monotonic()
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=deadline, check=False)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"{total - answered(log)} of {total} requests were not answered within {deadline} s") from error
        seconds = time.monotonic() - began
        check(done.stdout + done.stderr, total)
        with open(log, encoding="ascii") as lines:
            times = milliseconds(lines)
    return {"requests": total, "seconds": round(seconds, 3), "requests_per_second": round(total / seconds, 1),
            "p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99)}


def answered(log):
    """How many requests have a line so far."""
    if not os.path.exists(log):
        return 0
    with open(log, "rb") as lines:
        return sum(1 for _ in lines)


def check(report, total):
    """Fails unless every request succeeded with a status of 2xx."""
    found = {word: int(count) for count, word in re.findall(r"(\d+) (succeeded|2xx)\b", report)}
    if found.get("succeeded") != total or found.get("2xx") != total:
        raise Failure(f"of {total} requests {found.get('2xx', 0)} were served: {' '.join(report.split())[-200:]}")


def milliseconds(lines):
    """What each request took; a line has when it began, its status, and the microseconds to the end of its response."""
    return [int(line.split("\t")[2]) / 1000 for line in lines]
