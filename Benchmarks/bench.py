#!/usr/bin/env python3
"""./dev bench: what the tunnel costs, beside what people would pick instead. README.md says what is measured how."""

import sys

sys.dont_write_bytecode = True

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

import figures
import machine
import origin
import report
from accounting import COARSE
from arguments import BadUsage, USAGE, parse
from processes import Failure, Processes, allow_descriptors
from systems import Setup
from systems.catalogue import OURS, PAIR


class Bench:
    """One run: what is started, whose turn it is, and what was found."""

    def __init__(self, plan, setup, say):
        self.plan, self.effort, self.setup, self.say = plan, plan.effort, setup, say
        self.rounds, self.failures, self.endpoints = [], [], {}
        self.proven, self.broken = set(), set()  # systems that came up once, and those that did not
        self.turn, self.is_first_turn = 0, True

    def run(self):
        for scenario in self.plan.scenarios:
            systems = [system for system in self.plan.systems if takes_part(system, scenario)]
            out = set()
            rounds = {system.name: self.effort.rounds_of(system, scenario) for system in systems}
            for number in range(1, max(rounds.values(), default=0) + 1):
                for system in systems:
                    if system.name in out | self.broken or number > rounds[system.name]:
                        continue
                    self.turn, self.is_first_turn = number, number == 1
                    if not self.take_turn(scenario, system, number):
                        out.add(system.name)

    def take_turn(self, scenario, system, number):
        """One system once; when it fails, it is named, and the others go on."""
        where = f"{scenario.name} {number}/{self.effort.rounds_of(system, scenario)} {system.name}"
        try:
            values = self.measure(scenario, system)
        except Exception as error:  # whatever it is, the other turns are not lost by it
            why = str(error) if isinstance(error, Failure) else f"{type(error).__name__}: {error}"
            self.say(f"{where}: FAILED, {why}")
            self.failures.append({"scenario": scenario.name, "system": system.name, "round": number, "why": why})
            self.forget(system)
            return False
        self.rounds.append({"scenario": scenario.name, "system": system.name, "round": number,
                            "load_average": machine.load(), "values": values})
        column = scenario.columns[0]
        self.say(f"{where}: {column.heading} {report.number(values[column.key], column.places)}")
        return True

    def measure(self, scenario, system):
        if scenario.only_ours:
            return scenario.measure(self, None)
        if scenario.is_fresh:
            with self.setup.processes.scope():
                return scenario.measure(self, self.started(system))
        if system.name not in self.endpoints:
            self.endpoints[system.name] = self.started(system)
        return scenario.measure(self, self.endpoints[system.name])

    def started(self, system):
        """A system that does not come up leaves nothing behind; one that never did is not tried again."""
        before = list(self.setup.processes.running)
        try:
            endpoint = system.start(self.setup)
        except Exception:
            if system.name not in self.proven:
                self.broken.add(system.name)
            self.setup.processes.end([process for process in self.setup.processes.running if process not in before])
            raise
        self.proven.add(system.name)
        return endpoint

    def forget(self, system):
        """After a failure the next turn gets new processes; the origin serves the others and stays."""
        endpoint = self.endpoints.pop(system.name, None)
        if endpoint:
            self.setup.processes.end([process for process in endpoint.processes if process is not self.setup.origin])


def takes_part(system, scenario):
    if scenario.name in system.unfit:
        return False
    if scenario.only_ours:
        return system.name == OURS
    return system.is_tunnel or not scenario.tunnels_only


def self_signed(processes):
    """A certificate for localhost that the references trust, and its key; both end with the run."""
    certificate, key = f"{processes.folder}/localhost.pem", f"{processes.folder}/localhost.key"
    processes.run("openssl", [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
        "-out", certificate])
    return certificate, key


#: Whoever has more to do than this before the run starts is not a quiet machine.
BUSY = 0.5


def run(plan, say):
    """Measures everything of a plan, or as much of it as there was time for; returns the object that --json writes."""
    allow_descriptors()
    folder = tempfile.mkdtemp(prefix="osm-bench-")
    processes = Processes(folder)
    # What was there before the build, which is no stranger's work.
    load = float(os.environ.get("OSM_BENCH_LOAD") or machine.load())
    began, is_complete = time.time(), True
    if load > BUSY:
        say(f"something else runs here (load average {load}): the figures will be worth little")
    try:
        certificate, key = self_signed(processes)
        origin_port, nginx = origin.start(processes)
        setup = Setup(processes, origin_port, nginx, certificate, key, plan.products, plan.agent, plan.operator)
        versions = machine.versions(plan.systems, setup)
        bench = Bench(plan, setup, say)
        try:
            bench.run()
        except KeyboardInterrupt:
            is_complete = False
    finally:
        processes.end_all()
        shutil.rmtree(folder, ignore_errors=True)
    ratios, own = figures.ratio_object(bench.rounds, OURS, PAIR), figures.figure_object(bench.rounds, OURS)
    return {
        "complete": is_complete, "ratios": ratios, "ratio_spreads": figures.ratio_spreads(bench.rounds, OURS, PAIR),
        "figures": own,
        "targets": [{"name": target.name, "wanted": target.wanted, "is": value, "reached": reached}
                    for target, value, reached in figures.verdicts({**ratios, **own})],
        "failures": bench.failures, "left_out": plan.left_out, "too_coarse": figures.coarse(bench.rounds, COARSE),
        "machine": machine.machine(), "versions": versions, "effort": vars(plan.effort),
        "load_average": {"before": load, "after": machine.load()}, "seconds": round(time.time() - began),
        "rounds": bench.rounds,
    }


ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupted(number, _):
    """Ends the run; what is said a second time does not keep it from ending its processes."""
    for other in ENDINGS:
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt(number)


def need_programs(plan):
    """Says now what every turn, or every ratio, would fail for."""
    missing = [name for name in ("nginx", "wrk", "h2load", "openssl") if not shutil.which(name)]
    if missing:
        raise Failure(f"not on the PATH: {', '.join(missing)} (Debian: nginx-light, wrk, nghttp2-client, openssl)")
    if PAIR in plan.left_out and any(scenario.name in figures.COST for scenario in plan.scenarios):
        raise Failure(f"{PAIR}, which the ratios are to, is {plan.left_out[PAIR]} (Debian: nghttp2-proxy);"
                      f" `--only {OURS}` measures without ratios")


def self_test():
    return subprocess.run([sys.executable, "-B", "-m", "unittest", "-q", "tests"], check=False,
                          cwd=os.path.dirname(os.path.abspath(__file__))).returncode


def main(words):
    if words == ["--self-test"]:
        return self_test()
    if "-h" in words or "--help" in words:
        print(USAGE, end="")
        return 0
    try:
        plan = parse(words)
    except BadUsage as problem:
        print(f"dev: {problem}; see ./dev bench --help", file=sys.stderr)
        return 2
    if plan.is_only_shown:
        print("\n".join(plan.lines()))
        return 0
    for number in ENDINGS:
        signal.signal(number, interrupted)
    people = sys.stderr if plan.json == "-" else sys.stdout

    def say(line):
        print(line, file=people, flush=True)
    try:
        need_programs(plan)
        result = run(plan, say)
    except KeyboardInterrupt:  # before anything was measured
        return 130
    except Failure as failure:
        say(f"dev: {failure}")
        return 1
    for line in report.lines(result, plan.scenarios, [system.name for system in plan.systems], PAIR):
        say(line)
    if plan.json:
        with (open(plan.json, "w", encoding="utf-8") if plan.json != "-" else os.fdopen(1, "w")) as file:
            json.dump(result, file, indent=2)
            file.write("\n")
    if not result["complete"]:
        say("ended before it was done")
        return 130
    return 1 if result["failures"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
