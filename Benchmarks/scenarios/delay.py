"""One download over a long way: through the tunnel, and by plain TCP, both through the same relay."""

import time

from processes import program
from scenarios import Column, Scenario
from systems import ours
from visitor import LARGE, connect, fetch

ONE_WAY_MS = 100
WINDOW = 6 * 1024 * 1024  # the most that a TCP receiver of Linux lets be under way without being told otherwise


def seconds_for(port, host):
    with connect(port, 120) as visitor:
        began = time.monotonic()
        fetch(visitor, host, "/large", LARGE)
        return time.monotonic() - began


def start_relay(bench, *targets):
    command = [*program("delay_relay.py"), ONE_WAY_MS, WINDOW, *targets]
    relay = bench.setup.processes.start("delay-relay", command, pipe=True)
    return [int(word) for word in relay.first_line(10).split()]


def delay(bench, _):
    """The first large download of a new tunnel, which has learned nothing of the way yet."""
    plain_port = None

    def via(tunnel_port):
        nonlocal plain_port
        way, plain_port = start_relay(bench, tunnel_port, bench.setup.origin_port)
        return way

    with bench.setup.processes.scope():
        endpoint = ours.start(bench.setup, via)
        plain = seconds_for(plain_port, "origin")
        through = seconds_for(endpoint.port, endpoint.host)
    speeds = [LARGE / seconds / 1024 ** 2 for seconds in (plain, through)]
    return {"share": round(speeds[1] / speeds[0], 3), "plain_mib_per_second": round(speeds[0], 1),
            "mib_per_second": round(speeds[1], 1), "plain_seconds": plain, "seconds": through}


SCENARIOS = [
    Scenario("delay200", "delay", "64 MiB down over a relay of 200 ms round trip", delay,
             [Column("share", "share of plain TCP"), Column("mib_per_second", "MiB/s", 1),
              Column("plain_mib_per_second", "plain MiB/s", 1)], only_ours=True),
]
