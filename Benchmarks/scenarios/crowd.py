"""Crowds at one edge: thousands of visitors who stay, and a thousand agents that come at once, twice."""

import os
import statistics
import time
import urllib.request

from accounting import memory, proportional_kib
from processes import Failure, need_descriptors, wait_until
from scenarios import Column, Scenario
from scenarios.memory import WAVE, ask_all, come
from systems import Endpoint, ours
from visitor import connect, serves

FRESH = 21


def metric(admin_port, name):
    """One of the edge's figures."""
    with urllib.request.urlopen(f"http://127.0.0.1:{admin_port}/metrics", timeout=10) as page:
        for line in page.read().decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
    return 0.0


def fresh_ms(endpoint):
    began = time.monotonic()
    with connect(endpoint.port) as visitor:
        ask_all(endpoint, [visitor])
    return (time.monotonic() - began) * 1000


def visitors_stay(bench):
    """Memory at the edge for each, and what a request of somebody else takes beside them."""
    count, visitors = bench.effort.crowd_visitors, []
    edge, ports = ours.start_edge(bench.setup, "--visitor-connections", str(count + 200),
                                  "--deadlines-keep-alive", "10m")
    agent = ours.start_agent(bench.setup, ports["tunnel"])
    endpoint = Endpoint(ports["visitor"], ours.host(ports["visitor"]), {"proxy": edge, "agent": agent})
    wait_until(20, lambda: serves(endpoint.port, endpoint.host), "the tunnel comes up")
    for visitor in come(endpoint, WAVE):
        visitor.close()
    before, began = memory([edge.pid]), time.monotonic()
    try:
        visitors = come(endpoint, count)
        seconds, after = time.monotonic() - began, memory([edge.pid])
        fresh = statistics.median(fresh_ms(endpoint) for _ in range(FRESH))
        for first in range(0, count, WAVE):
            ask_all(endpoint, visitors[first:first + WAVE])
    finally:
        for visitor in visitors:
            visitor.close()
    return {"visitors": count, "visitors_seconds": round(seconds, 1), "fresh_request_ms": round(fresh, 2),
            "kib_each_visitor": round((after - before) / count, 2)}


def enrol(bench, count):
    bench.say(f"   enrolling {count} devices")
    folder, devices = os.path.join(bench.setup.processes.folder, "crowd"), []
    for number in range(count):
        device = os.path.join(folder, str(number))
        if not os.path.exists(device):
            ours.enrol(bench.setup, device)
        devices.append(device)
    return devices


def until_in(admin_port, count):
    """Seconds until all tunnels are up, and how often an agent was told to come later."""
    began = time.monotonic()

    def all_in():
        time.sleep(0.05)
        return metric(admin_port, "osm_edge_tunnels") == count
    wait_until(300, all_in, f"{count} tunnels come up")
    told = metric(admin_port, 'osm_edge_handshakes_refused_total{reason="overloaded"}')
    return round(time.monotonic() - began, 1), int(told)


def everyone_serves(ports, count):
    for number in range(count):
        if not serves(ports["visitor"], ours.host(ports["visitor"], f"crowd-{number}")):
            raise Failure(f"agent {number} of {count} does not serve")


def agents_come(bench):
    """Memory and time of agents that come at once, and come back at once when their edge was killed."""
    count, setup = bench.effort.crowd_agents, bench.setup
    devices = enrol(bench, count)
    many = ("--tunnel-handshakes-per-address", str(count))  # they all come from one address here
    edge, ports = ours.start_edge(setup, *many)
    before = memory([edge.pid])
    agents = [ours.start_agent(setup, ports["tunnel"], device=device, name=f"crowd-{number}")
              for number, device in enumerate(devices)]
    seconds, told = until_in(ports["admin"], count)
    at_edge = (memory([edge.pid]) - before) / count
    of_agent = proportional_kib([agent.pid for agent in agents]) / count
    everyone_serves(ports, count)
    edge.popen.kill()
    setup.processes.end([edge])
    _, ports = ours.start_edge(setup, *many, tunnel_port=ports["tunnel"])
    storm_seconds, storm_told = until_in(ports["admin"], count)
    everyone_serves(ports, count)
    return {"agents": count, "agents_seconds": seconds, "told_later": told, "kib_each_agent": round(at_edge, 1),
            "kib_of_each_process": round(of_agent, 1), "storm_seconds": storm_seconds, "storm_told_later": storm_told}


def crowd(bench, _):
    effort = bench.effort
    need_descriptors((effort.crowd_visitors + 200) * 8 // 7 + effort.crowd_agents + 1024)
    with bench.setup.processes.scope():
        values = visitors_stay(bench)
    with bench.setup.processes.scope():
        return {**values, **agents_come(bench)}


SCENARIOS = [
    Scenario("crowd", "crowd", "thousands of visitors who stay, and agents that come at once, and again to a new edge",
             crowd, [Column("kib_each_visitor", "KiB/visitor", 1), Column("fresh_request_ms", "fresh request ms", 1),
                     Column("kib_each_agent", "KiB/agent at edge", 0), Column("kib_of_each_process", "its process", 0),
                     Column("agents_seconds", "all in s", 1), Column("storm_seconds", "back s", 1)],
             only_ours=True, on_request=True, is_once=True),
]
