"""One edge that gets more agents, and agents that get more names: what each step of the growth scenarios stands on."""

import os
import time
from dataclasses import dataclass, field

import local_api
from accounting import memory, proportional_kib
from processes import Failure, wait_until
from scenarios.crowd import enrol
from systems import ours
from visitor import serves

WAVE, PATIENCE = 50, 60  # agents that start together, and seconds for each
NAMES_OF_AGENT = 64  # no edge gives a device more, and no setting changes that


@dataclass
class Agent:
    process: object
    socket: str
    names: list = field(default_factory=list)


def shares(count, most):
    """How many names each agent gets: one for the first, which others are compared with, and as few others as will do."""
    rest = count - 1
    return [1] + [most] * (rest // most) + ([rest % most] if rest % most else [])


class Ladder:
    """Starts with an edge and no agent. Nothing of it is set otherwise than for people, but for two things: all agents
    come from one address here, and none asks for its own names, so that all requests are the bench's."""

    def __init__(self, bench, most_agents):
        self.bench, self.setup, self.agents = bench, bench.setup, []
        self.devices = enrol(bench, most_agents)
        self.edge, self.ports = ours.start_edge(self.setup, "--tunnel-handshakes-per-address", str(most_agents))

    @property
    def names(self):
        return [name for agent in self.agents for name in agent.names]

    @property
    def groups(self):
        """The process ids of the edge, and of the agents."""
        return [self.edge.pid], [agent.process.pid for agent in self.agents]

    def host(self, name):
        return ours.host(self.ports["visitor"], name)

    def edge_kib(self):
        return memory([self.edge.pid])

    def agents_kib(self):
        return proportional_kib([agent.process.pid for agent in self.agents])

    def grow_to(self, count):
        """So many agents, each with one name, a wave at a time; returns the seconds until the last of them served."""
        began = time.monotonic()
        while len(self.agents) < count:
            wave = [self.start_agent(number) for number in
                    range(len(self.agents), min(count, len(self.agents) + WAVE))]
            self.agents += wave
            for agent in wave:
                wait_until(PATIENCE, lambda: self.is_served(agent), f"{agent.names[0]} is served")
        return time.monotonic() - began

    def start_agent(self, number):
        socket, name = ours.new_socket(self.setup), f"growth-{number}"
        process = ours.start_agent(self.setup, self.ports["tunnel"], "--inspect", "false", "--probe", "false",
                                   device=self.devices[number], name=name, socket=socket)
        return Agent(process, socket, [name])

    def is_served(self, agent):
        """Whether visitors reach its last name; fails when its process has ended."""
        if serves(self.ports["visitor"], self.host(agent.names[-1])):
            return True
        if not agent.process.is_running:
            raise Failure(f"{agent.process.name} ended by itself; {agent.process.last_words()}")
        time.sleep(0.02)  # beside the pause of whoever asks: there are many to wait for
        return False

    def name_up_to(self, wanted):
        """Gives each agent as many names as `wanted` says; returns how many were added, and the seconds for each."""
        took = []
        for agent, count in zip(self.agents, wanted):
            while len(agent.names) < count:
                name = f"{agent.names[0]}-{len(agent.names)}"
                began = time.monotonic()
                local_api.add(agent.socket, name, f"127.0.0.1:{self.setup.origin_port}")
                took.append(time.monotonic() - began)
                agent.names.append(name)
        for agent in self.agents:
            if not self.is_served(agent):
                raise Failure(f"{agent.names[-1]} is not served")
        return took

    def names_file(self):
        path = os.path.join(self.setup.processes.folder, "names")
        with open(path, "w", encoding="ascii") as file:
            file.writelines(self.host(name) + "\n" for name in self.names)
        return path
