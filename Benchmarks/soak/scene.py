"""An origin, an edge and three agents with a device each, all on loopback."""

import contextlib
import dataclasses
import os
import pathlib
import socket
import subprocess
import urllib.error
import urllib.request
import uuid

from ledger import Broken, Corrupt, Late, Refused
from program import Failure, Program, wait_until
from relay import Relay
from visitor import Connection

READY = 60
#: Nobody touches the first; the second's wire is cut; the third is ended and started again. The last stays the last.
STEADY, SEVERED, REPLACED = (f"{name}.localhost" for name in ("steady", "severed", "replaced"))
HOSTS = (STEADY, SEVERED, REPLACED)


@dataclasses.dataclass
class Binaries:
    """Where the programs are, the folder of the operator CA, and the agent that trusts it."""

    folder: str
    agent: str
    ca: str

    def path(self, name):
        return os.path.join(self.folder, name)


class Scene:
    """Everything under test; `with` ends it, whatever happened."""

    def __init__(self, binaries, folder):
        self.binaries, self.folder = binaries, pathlib.Path(folder)
        self._cleanup = contextlib.ExitStack()
        self.agents = {}

    def __enter__(self):
        with contextlib.ExitStack() as unfinished:
            unfinished.push(self._cleanup)
            self._start()
            unfinished.pop_all()
        return self

    def __exit__(self, *_):
        self._cleanup.close()

    @property
    def programs(self):
        return [self.origin, self.edge, *self.agents.values()]

    def _start(self):
        self.origin = self._program("origin", [self.binaries.path("sample-origin"), "--json"])
        origin_port = self.origin.listening()["port"]
        self.write_configuration()
        self.edge = self._program("edge", self._edge_arguments())
        addresses = self.edge.listening()
        self.port = int(addresses["visitor"].rpartition(":")[2])
        self.admin = addresses["admin"]
        tunnel_port = int(addresses["tunnel"].rpartition(":")[2])
        self.relay = Relay(("127.0.0.1", tunnel_port))
        self._cleanup.callback(self.relay.close)
        for host in HOSTS:
            port = self.relay.port if host == SEVERED else tunnel_port
            self.agents[host] = self._agent(host.partition(".")[0], origin_port, port)
        for host in HOSTS:
            self.await_served(host)

    def _program(self, name, arguments):
        program = Program(name, arguments, self.folder)
        self._cleanup.callback(program.kill)
        program.start()
        return program

    def _edge_arguments(self):
        certificate = next(pathlib.Path(self.binaries.ca, "edges").rglob("edge.pem")).parent
        self.port = _free_port()
        return [
            self.binaries.path("osm-proxy"), "run", "--standalone", "--config", str(self.configuration),
            "--tunnel-listen", "127.0.0.1:0", "--visitor-listen", f"127.0.0.1:{self.port}",
            "--admin-listen", "127.0.0.1:0", "--internal-listen", "off",
            "--certificate", str(certificate / "edge.pem"), "--key", str(certificate / "edge.key"),
            "--operator-bundle", f"{self.binaries.ca}/bundle/operator-ca.json",
            "--public-url", f"http://*.localhost:{self.port}", "--log-format", "json",
        ]

    def _agent(self, name, origin_port, tunnel_port):
        identity = self.folder / name
        self._mint(identity)
        return self._program(
            f"agent-{name}",
            [
                self.binaries.agent, "http", str(origin_port), "--edge", f"localhost:{tunnel_port}", "--name", name,
                "--identity", str(identity), "--socket", str(identity / "agent.sock"), "--log-format", "json",
                # The probe would be one more visitor, whom nobody counts.
                "--probe", "false",
                # What it keeps would hide a small leak: one agent is without it, one has it as people do.
                "--inspect", "true" if name == SEVERED.partition(".")[0] else "false",
            ],
        )

    def _mint(self, identity):
        issue = ["issue", "device", "--ca", self.binaries.ca, "--csr", f"{identity}/device.csr"]
        for command in (
            [self.binaries.agent, "identity", "create", "--identity", str(identity)],
            [self.binaries.path("ca-tools"), *issue, "--out", f"{identity}/device.pem"],
        ):
            run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=READY)
            if run.returncode:
                raise Failure(f"a device got no certificate: {run.stderr.strip()[-400:]}")

    @property
    def configuration(self):
        return self.folder / "edge.yaml"

    def write_configuration(self, turn=0):
        """Each turn has limits of its own, and every second one a binding to a device that does not exist."""
        connections, fields = 5_000 + turn % 7, 100 + turn % 3
        lines = ["version: 1", "visitor:", f"  connections: {connections}", "limits:", f"  fields: {fields}"]
        if turn % 2:
            lines.append(f'bind: ["bound.localhost={uuid.UUID(int=turn, version=4)}"]')
        self.configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def await_served(self, host):
        """Until the host is served; raises when that takes too long."""
        wait_until(lambda: self._is_served(host), READY, f"{host} is served")

    def _is_served(self, host):
        try:
            with Connection(self.port) as connection:
                return connection.ask("GET", "/status/204", host).status == 204
        except (Refused, Broken, Corrupt, Late):
            return False

    def metrics(self):
        """The edge's figures, by name and labels."""
        try:
            with urllib.request.urlopen(f"http://{self.admin}/metrics", timeout=10) as answer:
                lines = answer.read().decode().splitlines()
        except (OSError, urllib.error.URLError) as error:
            raise Failure(f"the edge shows no figures: {error}") from error
        return {
            name: float(value)
            for name, _, value in (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
        }

    def is_quiet(self):
        """Whether nothing of a visitor is left at the edge: a tunnel has one stream of its own."""
        now = self.metrics()
        held = ("osm_edge_visitors", "osm_edge_buffer_bytes")
        return all(now[name] == 0 for name in held) and now["osm_edge_streams_active"] <= now["osm_edge_tunnels"]


def _free_port():
    """The public URL needs the number before the edge has it; whoever takes it in between makes the edge say so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
