"""Whether visitors who stand still hurt the others: five of a hundred stall at random, and ninety-five go on."""

import random
import statistics
import threading
import time

import h2load
from processes import Failure
from scenarios import Column, Scenario
from visitor import LARGE, ask, connect

VISITORS, STALLED = 100, 5
PATH = "/medium"
MOMENTS = 0.5  # seconds within which they stall
DEADLINE = 60  # seconds for all requests of the others, which take three


def stall(endpoint, chance):
    """One visitor who stops somewhere: in the head, in the body it sends, or in the answer it reads."""
    visitor = connect(endpoint.port)
    kind = chance.choice(("head", "upload", "download"))
    if kind == "head":
        visitor.sendall(f"GET /large HTTP/1.1\r\nHost: {endpoint.host}\r\nX-Unfinished: ".encode())
    elif kind == "upload":
        ask(visitor, endpoint.host, "/upload", "PUT", f"Content-Length: {LARGE}\r\n")
        visitor.sendall(bytes(chance.randrange(1, 256 * 1024)))
    else:
        ask(visitor, endpoint.host, "/large")
        missing = chance.randrange(1, 1024 * 1024)
        while missing > 0:
            received = visitor.recv(min(missing, 65536))
            if not received:
                raise Failure("a visitor was cut off before it stalled")
            missing -= len(received)
    return visitor


def stall_some(endpoint, count, chance, within, stalled, failures):
    """Lets them stall at random moments of a time."""
    began = time.monotonic()
    for moment in sorted(chance.uniform(0, within) for _ in range(count)):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        try:
            stalled.append(stall(endpoint, chance))
        except (OSError, Failure) as error:
            failures.append(str(error))


def others(bench, endpoint, stalled_count, chance):
    """What the others get, each of whose requests must be answered, with so many beside them that stall at the start."""
    stalled, failures = [], []
    arguments = (endpoint, stalled_count, chance, MOMENTS, stalled, failures)
    thread = threading.Thread(target=stall_some, args=arguments, daemon=True)
    thread.start()
    try:
        each = bench.effort.stall_requests
        values = h2load.run(endpoint.port, endpoint.host, PATH, VISITORS - STALLED, each, DEADLINE)
        thread.join(10)
        if failures or len(stalled) != stalled_count:
            raise Failure(f"only {len(stalled)} of {stalled_count} visitors stalled as they should: {failures[:1]}")
    finally:
        for visitor in stalled:
            visitor.close()
    return values


def stalls(bench, endpoint):
    """Without, with, with, without: a machine that becomes busier or quieter meanwhile meets both alike."""
    chance = random.Random(bench.turn)  # the same in every run
    calm, beside = [], []
    for count, runs in ((0, calm), (STALLED, beside), (STALLED, beside), (0, calm)):
        runs.append(others(bench, endpoint, count, chance))

    def mean(runs, key):
        return round(statistics.mean(run[key] for run in runs), 3)
    keys = ("requests_per_second", "p50_ms", "p99_ms")
    return {**{key: mean(beside, key) for key in keys}, **{f"calm_{key}": mean(calm, key) for key in keys},
            "share": round(mean(beside, keys[0]) / mean(calm, keys[0]), 3),
            "p99_ratio": round(mean(beside, "p99_ms") / mean(calm, "p99_ms"), 3)}


SCENARIOS = [
    Scenario("stalled", "stalls", f"{VISITORS - STALLED} visitors fetch 100 KiB while {STALLED} others stall", stalls,
             [Column("share", "requests/s with / without", 2), Column("p99_ms", "p99 ms", 1),
              Column("calm_p99_ms", "p99 without", 1)], tunnels_only=True),
]
