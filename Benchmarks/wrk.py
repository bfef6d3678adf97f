"""Runs wrk, and reads what it prints."""

import os
import re
import subprocess

from processes import Failure

SPREAD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs", "spread.lua")
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0, "h": 3600000.0}


def milliseconds(text):
    """`1.52ms` as wrk writes it."""
    number, unit = re.fullmatch(r"([0-9.]+)([a-z]+)", text).groups()
    return float(number) * UNITS[unit]


def parse(report):
    """Requests, seconds, percentiles and what went wrong, from a report of `wrk --latency`."""
    total = re.search(r"(\d+) requests in ([0-9.]+[a-z]+)", report)
    if not total:
        raise Failure(f"wrk said: {' '.join(report.split())[:200]}")
    seconds = milliseconds(total[2]) / 1000
    values = {"requests": int(total[1]), "seconds": seconds, "errors": 0}
    for percent, latency in re.findall(r"^\s+(50|75|90|99)%\s+([0-9.]+[a-z]+)", report, re.MULTILINE):
        values[f"p{percent}_ms"] = round(milliseconds(latency), 4)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", report)
    if errors:
        values["errors"] += sum(int(count) for count in errors.groups())
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
    if bad:
        values["errors"] += int(bad[1])
    values["requests_per_second"] = round(values["requests"] / seconds, 1) if seconds else 0.0
    return values


def run(port, host, path, connections, seconds, close=False):
    """One thread of wrk for one name."""
    return measure(connections, seconds, ["-H", f"Host: {host}", *(["-H", "Connection: close"] if close else []),
                                          f"http://127.0.0.1:{port}{path}"])


def run_spread(port, names, path, connections, seconds):
    """The same, with each request for one of the names in a file, at random."""
    return measure(connections, seconds, ["-s", SPREAD, f"http://127.0.0.1:{port}{path}", "--", names])


def measure(connections, seconds, words):
    """Fails when a single request did."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s", *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failure(f"wrk did not end within {seconds + 30} s") from error
    values = parse(done.stdout + done.stderr)
    if values["requests"] == 0 or values["errors"]:
        raise Failure(f"{values['requests']} requests answered and {values['errors']} failed, {connections} at once")
    return values
