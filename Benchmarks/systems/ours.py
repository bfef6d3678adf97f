"""osm-proxy and osm-agent, as people run them, but for where they listen and, unless asked for, the inspector."""

import glob
import itertools
import json
import os
import re

from processes import Failure, free_port, wait_until
from systems import Endpoint
from visitor import serves

NAME = "bench"
sockets = itertools.count()


def enrol(setup, folder):
    """Makes a device, and lets the operator CA issue its leaf."""
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    setup.processes.run("identity", [setup.agent, "identity", "create", "--identity", folder])
    setup.processes.run("issue", [
        f"{setup.products}/ca-tools", "issue", "device", "--ca", setup.operator, "--csr", f"{folder}/device.csr",
        "--out", f"{folder}/device.pem"])


def identity(setup):
    """The folder of the one device that most scenarios need; made once."""
    folder = os.path.join(setup.processes.folder, "identity")
    if not os.path.exists(folder):
        enrol(setup, folder)
    return folder


def start_edge(setup, *options, tunnel_port=0):
    """Returns the process, and what it says of its listeners."""
    certificates = sorted(glob.glob(f"{setup.operator}/edges/*/edge.pem"))
    if not certificates:
        raise Failure(f"{setup.operator} has issued no certificate for an edge")
    certificate, port = certificates[0], free_port()
    edge = setup.processes.start("ours-edge", [
        f"{setup.products}/osm-proxy", "run", "--standalone", "--tunnel-listen", f"127.0.0.1:{tunnel_port}",
        "--visitor-listen", f"127.0.0.1:{port}", "--admin-listen", "127.0.0.1:0", "--internal-listen", "off",
        "--certificate", certificate, "--key", os.path.join(os.path.dirname(certificate), "edge.key"),
        "--operator-bundle", f"{setup.operator}/bundle/operator-ca.json",
        "--public-url", f"http://*.localhost:{port}", *options], pipe=True)
    said = json.loads(edge.first_line(20))
    return edge, {name: int(re.search(r":(\d+)$", said[name])[1]) for name in ("visitor", "tunnel", "admin")}


def new_socket(setup):
    """In a folder of its own: agents that start at once wait for each other where they share one."""
    folder = os.path.join(setup.processes.folder, f"agent-{next(sockets)}")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return os.path.join(folder, "agent.sock")


def start_agent(setup, tunnel_port, *options, pipe=False, device=None, name=NAME, socket=None):
    """An agent with a socket of its own: beside one that runs already it would only hand its endpoint over."""
    return setup.processes.start(f"ours-agent-{name}", [
        setup.agent, "http", setup.origin_port, "--edge", f"127.0.0.1:{tunnel_port}", "--name", name,
        "--identity", device or identity(setup), "--socket", socket or new_socket(setup), *options], pipe=pipe)


def host(visitor_port, name=NAME):
    return f"{name}.localhost:{visitor_port}"


def start(setup, via=None, options=("--inspect", "false")):
    """The pair, without the inspector, since no other system records what passes; `via` gets the tunnel's port and returns the one that the agent dials instead."""
    edge, ports = start_edge(setup)
    agent = start_agent(setup, via(ports["tunnel"]) if via else ports["tunnel"], *options)
    endpoint = Endpoint(ports["visitor"], host(ports["visitor"]), {"proxy": edge, "agent": agent}, is_ours=True)
    wait_until(20, lambda: serves(endpoint.port, endpoint.host), "the tunnel comes up")
    return endpoint


def start_with_inspector(setup):
    return start(setup, options=())
