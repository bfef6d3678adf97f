"""How soon an agent is of use after its process was started."""

import select
import statistics
import time

from processes import Failure, wait_until
from scenarios import Column, Scenario
from systems import ours
from visitor import serves

DEADLINE = 10


def one_start(setup, ports):
    """Milliseconds to the URL on standard output, and to the first answer that a visitor got through the tunnel."""
    host = ours.host(ports["visitor"])
    began = time.monotonic()
    agent = ours.start_agent(setup, ports["tunnel"], pipe=True)
    url = up = None
    try:
        while url is None or up is None:
            if time.monotonic() - began > DEADLINE or not agent.is_running:
                raise Failure(f"the agent was not up within {DEADLINE} s; {agent.last_words()}")
            if up is None and serves(ports["visitor"], host):
                up = time.monotonic() - began
            # Waiting for the one is the pause between two questions for the other.
            if url is None and select.select([agent.popen.stdout], [], [], 0.002)[0]:
                url = line_time(agent, began)
    finally:
        setup.processes.end([agent])
    wait_until(10, lambda: not serves(ports["visitor"], host), "the edge forgets the agent")
    return url * 1000, up * 1000


def line_time(agent, began):
    line = agent.popen.stdout.readline()
    if not line.startswith(b"http"):
        raise Failure(f"the agent's first line is no URL: {line[:80]!r}")
    return time.monotonic() - began


def start(bench, _):
    with bench.setup.processes.scope():
        _, ports = ours.start_edge(bench.setup)
        ours.identity(bench.setup)
        times = [one_start(bench.setup, ports) for _ in range(bench.effort.starts)]
    url, up = ([round(pair[which], 1) for pair in times] for which in (0, 1))
    return {"url_ms": round(statistics.median(url), 1), "tunnel_up_ms": round(statistics.median(up), 1), "urls": url,
            "tunnels": up}


SCENARIOS = [
    Scenario("start", "start", "from the agent's start to the first answer through the tunnel, and to the URL", start,
             [Column("tunnel_up_ms", "tunnel up ms", 0), Column("url_ms", "URL ms", 0)], only_ours=True),
]
