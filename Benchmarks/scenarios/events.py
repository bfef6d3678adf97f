"""Server-sent events: how much later the first byte of an event comes through a tunnel than to a direct listener."""

import re
import select
import statistics
import time

from processes import Failure
from scenarios import Column, Scenario
from visitor import ask, connect

EVENT = re.compile(rb"event (\d+) (\d+)\n")


class Listener:
    """One connection on which events come; notes when each of them did."""

    def __init__(self, port, host):
        self.socket, self.pending, self.arrivals, self.sent = connect(port), b"", {}, {}
        ask(self.socket, host, "/events")

    def read(self):
        now, received = time.monotonic_ns(), self.socket.recv(65536)
        if not received:
            raise Failure("a stream of events ended")
        self.pending += received
        for number, sent in EVENT.findall(self.pending):
            self.arrivals[int(number)], self.sent[int(number)] = now, int(sent)
        self.pending = self.pending[self.pending.rfind(b"\n") + 1:]


def listen(listeners, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for ready in select.select(listeners, [], [], 0.1)[0]:
            listeners[ready].read()


def events(bench, endpoint):
    """Both listen to the same events, which are sent to them in an order that changes each time."""
    direct, through = Listener(bench.setup.origin_port, "origin"), Listener(endpoint.port, endpoint.host)
    try:
        listen({direct.socket: direct, through.socket: through}, bench.effort.event_seconds)
    finally:
        direct.socket.close()
        through.socket.close()
    common = sorted(direct.arrivals.keys() & through.arrivals.keys())[5:]
    if len(common) < 50:
        raise Failure(f"only {len(common)} events came to both listeners")
    direct_delay = [(direct.arrivals[number] - direct.sent[number]) / 1e6 for number in common]
    delay = [(through.arrivals[number] - through.sent[number]) / 1e6 for number in common]
    added = [late - early for late, early in zip(delay, direct_delay)]
    return {"events": len(common), "added_ms": round(statistics.median(added), 3),
            "added_p99_ms": round(statistics.quantiles(added, n=100)[98], 3),
            "direct_ms": round(statistics.median(direct_delay), 3), "through_ms": round(statistics.median(delay), 3)}


SCENARIOS = [
    Scenario("sse", "sse", "an event's first byte, later than at a direct connection", events,
             [Column("added_ms", "added ms", 2), Column("added_p99_ms", "p99", 2), Column("direct_ms", "direct ms", 2),
              Column("through_ms", "through ms", 2)], tunnels_only=True),
]
