"""What is measured: ours, and what people would pick instead."""

import shutil
from dataclasses import dataclass, field


@dataclass
class Endpoint:
    """One started system: where its visitors connect, what they ask for, and the processes whose work counts."""

    port: int
    host: str
    roles: dict  # "proxy" or "agent": the process of that side
    is_ours: bool = False

    @property
    def pids(self):
        return {role: [process.pid] for role, process in self.roles.items()}

    @property
    def processes(self):
        return list(self.roles.values())


@dataclass
class Setup:
    """What a system needs to start."""

    processes: object
    origin_port: int
    origin: object  # the process of nginx
    certificate: str = ""
    key: str = ""
    products: str = ""
    agent: str = ""
    operator: str = ""  # the folder of the operator CA


@dataclass
class System:
    """A name for the table, what it is, the programs it needs, and how it is started."""

    name: str
    title: str
    programs: list
    start: object
    is_optional: bool = False  # takes part where it is on the PATH
    on_request: bool = False  # takes part when it is named
    is_tunnel: bool = True
    unfit: dict = field(default_factory=dict)  # scenarios that it is known not to pass as it is set up, and why
    versions: list = field(default_factory=list)  # commands that print a version

    @property
    def missing(self):
        return [program for program in self.programs if not shutil.which(program)]
