"""The soak: mixed load on an edge and its agents, and a verdict. `./dev soak --help` says what it does."""

import argparse
import json
import signal
import sys
import tempfile
import threading
import time

import judge
from interruptions import Interruptions
from ledger import Gaps, Ledger
from load import KINDS, NEEDED, Crowd, is_possible
from program import Failure, wait_until
from scene import HOSTS, REPLACED, SEVERED, STEADY, Binaries, Scene

#: What is under way at the end may take so long, and then the edge so long to let go of it.
LEAVING, SETTLING = 90, 30


class Soak:
    """One run, from the first process to the verdict."""

    def __init__(self, scene, seconds):
        self.scene, self.seconds = scene, seconds
        self.stop = threading.Event()
        self.gaps = Gaps()
        self.ledger = Ledger(self.gaps)
        self.crowd = Crowd(scene.port, HOSTS, self.ledger, self.stop)
        self.interruptions = Interruptions(scene, self.gaps, self.stop)
        # The third agent is another process after each restart.
        self.watched = [scene.edge, scene.agents[STEADY], scene.agents[SEVERED]]
        self.samples = {program.name: [] for program in self.watched}
        self.problems = []

    def run(self):
        before = self._figures()
        began = time.monotonic()
        self.crowd.start()
        self.interruptions.start()
        try:
            self._watch(began)
        finally:
            self.stop.set()
        self.interruptions.join(LEAVING)
        late = self.crowd.leave(LEAVING)
        if late:
            self.problems.append(f"visitors who do not come to an end: {', '.join(late)}")
        self._settle(before)
        return self._report(before, self._figures(), time.monotonic() - began)

    def _watch(self, began):
        every = 10 if self.seconds <= 300 else 60
        for tick in range(1, self.seconds + 1):
            time.sleep(max(0, began + tick - time.monotonic()))
            for program in self.watched:
                figures = program.figures()
                if figures:
                    self.samples[program.name].append((tick, figures))
            ended = [p.name for p in self.scene.programs if not p.may_end and not p.is_running]
            if ended or self.interruptions.problems or self.crowd.problems:
                self.problems += [f"{name} ended by itself" for name in ended]
                return
            if tick % every == 0:
                print(self._progress(tick), flush=True)

    def _progress(self, tick):
        resident = " ".join(f"{name} {self.samples[name][-1][1]['resident'] >> 20}" for name in self.samples)
        served, lost = (sum(counter.values()) for counter in (self.ledger.served, self.ledger.lost))
        return f"   {tick:>5} s   {served:>8} served, {lost} lost   MiB: {resident}"

    def _settle(self, before):
        """Connections to the origin are kept for a while, but not for good."""
        try:
            wait_until(self.scene.is_quiet, SETTLING, "the edge lets go of its visitors")
            wait_until(lambda: self._are_closed(before), SETTLING, "descriptors are closed")
        except Failure as failure:
            self.problems.append(str(failure))

    def _are_closed(self, before):
        now = self._figures()
        return all(now[name]["descriptors"] <= before[name]["descriptors"] + judge.FEW_DESCRIPTORS for name in now)

    def _figures(self):
        figures = {program.name: program.figures() for program in self.watched}
        gone = [name for name, value in figures.items() if value is None]
        if gone:
            raise Failure(f"{', '.join(gone)} ended: {self._ends_of_logs(gone)}")
        return figures

    def _ends_of_logs(self, names):
        return [program.log_lines()[-3:] for program in self.scene.programs if program.name in names]

    def _report(self, before, after, seconds):
        metrics, counts = self.scene.metrics(), self.interruptions.counts
        logs = {program.name: program.log_lines() for program in self.scene.programs}
        alarms = [line for program in self.scene.programs for line in program.alarms()]
        gaps = [(SEVERED, self.gaps.seconds(SEVERED), counts["cuts"])]
        gaps.append((REPLACED, self.gaps.seconds(REPLACED), counts["restarts"]))
        kinds = [visit.__name__.replace("_", " ") for visit in KINDS if is_possible(visit)]
        checks = judge.load_checks(self.ledger, kinds, self.seconds)
        checks += judge.interruption_checks(counts, metrics, gaps)
        for name, samples in self.samples.items():
            filling = judge.filling_mib(self.seconds, inspected=name == self.scene.agents[SEVERED].name)
            checks += judge.program_checks(name, samples, before[name], after[name], filling)
        lines = {name: len(log) for name, log in logs.items()}
        checks += judge.log_checks(lines, len(alarms), counts, metrics)
        problems = self.problems + self.interruptions.problems + self.crowd.problems
        problems += self.ledger.losses + alarms[:20]
        return {
            "passed": not problems and all(check.holds for check in checks),
            "seconds": round(seconds, 1),
            "served": dict(self.ledger.served),
            "excused": dict(self.ledger.excused),
            "lost": dict(self.ledger.lost),
            "bytes": dict(self.ledger.bytes),
            "slowest_seconds": round(self.ledger.slowest, 3),
            "interruptions": dict(counts),
            "problems": problems,
            "checks": checks,
            "messages": {name: judge.messages(log) for name, log in logs.items()},
            "samples": self.samples,
        }


def show(report):
    for visit, program in NEEDED.items():
        if not is_possible(visit):
            print(f"   no visitors of the kind {visit.__name__}: {program} is not installed")
    print(f"== {report['seconds']} s: what must hold")
    for check in report["checks"]:
        print(check.line())
    for problem in report["problems"]:
        print(f"   FAIL {problem}")
    volume = ", ".join(f"{count >> 20} MiB {way}" for way, count in report["bytes"].items())
    print(f"   {sum(report['served'].values())} exchanges, {volume}; the slowest took {report['slowest_seconds']} s")
    print("== passed" if report["passed"] else "== FAILED")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--self-test", action="store_true", help="tests the parts that need no processes, and ends")
    parser.add_argument("--seconds", type=int, default=1800)
    parser.add_argument("--json", help="a file for the figures, with every sample")
    parser.add_argument("--bin", help="the folder with osm-proxy, ca-tools and sample-origin")
    parser.add_argument("--agent", help="an osm-agent that trusts the CA")
    parser.add_argument("--ca", help="the folder of the CA; its passphrase is in OSM_CA_PASSPHRASE")
    return parser.parse_args()


def main():
    options = arguments()
    if options.self_test:
        import self_test

        return self_test.run()
    # Whoever ends this ends what it started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="osm-soak.") as folder:
        try:
            with Scene(Binaries(options.bin, options.agent, options.ca), folder) as scene:
                report = Soak(scene, options.seconds).run()
        except Failure as failure:
            print(f"soak: {failure}", file=sys.stderr)
            return 1
    show(report)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({**report, "checks": [check.record() for check in report["checks"]]}, file)
            file.write("\n")
    return 0 if report["passed"] else 1


sys.exit(main())
