"""What ./dev bench can be told, and the plan that comes of it."""

import os
from dataclasses import dataclass, field

from scenarios.catalogue import SCENARIOS
from systems.catalogue import OURS, PAIR, SYSTEMS

SCENARIO_NAMES = sorted({scenario.group for scenario in SCENARIOS} | {scenario.name for scenario in SCENARIOS})

USAGE = f"""\
usage: ./dev bench [--json [FILE]] [--quick] [--only NAME,...] [--rounds N]
                   [--visitors N] [--agents N] [--plan] [--no-install]
       ./dev bench --self-test

Builds a release and measures what it costs, with nginx as the origin, beside what people would pick instead. The
systems take turns, so that whatever else the machine does meets all of them. Prints the median of the rounds with the
least and the most, and whether what is to be reached is. CPU is that of the processes of both sides, from the kernel's
accounting.

systems     {' '.join(system.name for system in SYSTEMS if not system.is_optional and not system.on_request)}
optional    {' '.join(system.name for system in SYSTEMS if system.is_optional)}, where they are on the PATH
on request  {' '.join(system.name for system in SYSTEMS if system.on_request)}
scenarios   {' '.join(dict.fromkeys(scenario.group for scenario in SCENARIOS if not scenario.on_request))}
on request  {' '.join(scenario.group for scenario in SCENARIOS if scenario.on_request)}

  --json [FILE]     write everything, each round too, to FILE, or to standard output in place of the table
  --quick           seven minutes in place of 30: shorter turns, less growth, no references but nginx and nghttpx;
                    the first build of the release comes before either, and takes ten
  --only NAME,...   these scenarios (a group, or one of its scenarios such as request_cpu_c64) and these systems;
                    ours always takes part, and {PAIR} where no system is named
                    `--only growth` takes eight minutes, with --quick two
  --rounds N        turns for each, at least 3 (3; 7 where requests are compared with the pair)
  --visitors N      how many make a crowd (10000)
  --agents N        how many agents do (1000); their enrolment takes a minute
  --plan            say what would run, and run nothing
  --self-test       check the arithmetic of the bench itself
  --no-install      do not install missing Debian packages; references that are not here are left out

Ends with 0 when everything was measured, whatever the figures are; with 1 when a system failed in a scenario, which is
named; with 2 when it cannot do what was asked, before anything is built; with 130 when it was interrupted, after what
there is. The figures are worth something on a quiet machine only; a ratio travels better than a figure.
Benchmarks/README.md says what is measured how.
"""


class BadUsage(Exception):
    """Words that make no plan."""


@dataclass
class Effort:
    """How much work a turn is: enough that a clock tick of the kernel is less than a fiftieth of the CPU used."""

    rounds: int = 3
    seconds: int = 4
    gib: int = 1
    idle_visitors: int = 2000
    compared_rounds: int = 7
    reader_seconds: int = 10
    own_reader_seconds: int = 60
    event_seconds: int = 4
    stall_requests: int = 130
    starts: int = 10
    crowd_visitors: int = 10_000
    crowd_agents: int = 1000
    growth_bindings: tuple = (1, 100, 1000, 10_000)
    growth_agents: tuple = (1, 10, 100, 1000)
    growth_seconds: int = 2
    route_seconds: int = 20
    is_quick: bool = False

    def rounds_of(self, system, scenario):
        """How many turns a system has: more where a ratio depends on small differences, for the two that it is of."""
        is_compared = system.name in (OURS, PAIR)
        if scenario.is_once or self.is_quick and not is_compared:
            return 1
        return max(self.rounds, self.compared_rounds) if is_compared and scenario.is_close else self.rounds


QUICK_SYSTEMS = (OURS, "nginx", PAIR)


def quick():
    return Effort(seconds=2, compared_rounds=3, reader_seconds=3, own_reader_seconds=6, event_seconds=2,
                  stall_requests=80, starts=5,
                  growth_bindings=(1, 100, 1000), growth_agents=(1, 10, 100), growth_seconds=1, route_seconds=5,
                  is_quick=True)


@dataclass
class Plan:
    effort: Effort
    scenarios: list = field(default_factory=list)
    systems: list = field(default_factory=list)
    left_out: dict = field(default_factory=dict)
    json: str = ""  # a file, "-" for standard output, or nothing
    products: str = ".build/release"
    agent: str = ".build/release/osm-agent"
    operator: str = ""
    is_only_shown: bool = False

    def lines(self):
        yield "systems    " + " ".join(system.name for system in self.systems)
        yield "scenarios  " + " ".join(scenario.name for scenario in self.scenarios)
        for name, why in self.left_out.items():
            yield f"left out   {name}, {why}"


VALUES = ("--only", "--rounds", "--visitors", "--agents", "--products", "--agent", "--operator")
SWITCHES = ("--quick", "--plan", "--no-install")


def options(words):
    """Each option and its value; a switch has True, and --json may do without one."""
    found, waiting = {}, list(words)
    while waiting:
        name, _, value = waiting.pop(0).partition("=")
        if name == "--json":
            if not value and waiting and not waiting[0].startswith("--"):
                value = waiting.pop(0)
            found[name] = value or "-"
        elif name in SWITCHES:
            found[name] = True
        elif name in VALUES:
            if not value and not waiting:
                raise BadUsage(f"{name} needs a value")
            found[name] = value or waiting.pop(0)
        else:
            raise BadUsage(f"{name} is not an option")
    return found


def count(found, name, least, most, default):
    text = found.get(name, str(default))
    if not text.isdigit() or not least <= int(text) <= most:
        raise BadUsage(f"{name} takes a number from {least} to {most}, not {text!r}")
    return int(text)


def choose(only):
    """The scenarios that some names stand for, all but what runs on request without any, and the names of systems."""
    names = [name.strip() for name in only.split(",") if name.strip()]
    system_names = {system.name for system in SYSTEMS}
    for name in names:
        if name not in system_names and name not in SCENARIO_NAMES:
            raise BadUsage(f"'{name}' is neither a scenario ({', '.join(SCENARIO_NAMES)}) nor a system"
                           f" ({', '.join(sorted(system_names))})")
    scenarios = [scenario for scenario in SCENARIOS if scenario.name in names or scenario.group in names]
    wanted = {name for name in names if name in system_names}
    if wanted:
        wanted.add(OURS)
    elif names:
        wanted = {OURS, PAIR}
    return scenarios or [scenario for scenario in SCENARIOS if not scenario.on_request], wanted


def may_write(path):
    """Says before the half hour, not after it, that there is no place for its figures."""
    folder = os.path.dirname(os.path.abspath(path))
    is_free = os.access(path, os.W_OK) and not os.path.isdir(path) if os.path.exists(path) else os.access(folder, os.W_OK)
    if path != "-" and not is_free:
        why = "" if os.path.isdir(folder) else f": there is no folder {folder}"
        raise BadUsage(f"'{path}' cannot be written{why}")


def parse(words):
    found = options(words)
    effort = quick() if found.get("--quick") else Effort()
    effort.rounds = count(found, "--rounds", 3, 99, effort.rounds)
    if "--rounds" in found:
        effort.compared_rounds = effort.rounds
    effort.crowd_visitors = count(found, "--visitors", 1, 50_000, effort.crowd_visitors)
    effort.crowd_agents = count(found, "--agents", 1, 5000, effort.crowd_agents)
    may_write(found.get("--json", "-"))
    if "--only" in found and not found["--only"].strip(" ,"):
        raise BadUsage("--only takes the names of scenarios and systems, with commas between them")
    scenarios, wanted = choose(found.get("--only", ""))
    named = [system for system in SYSTEMS if system.name in wanted - {OURS}]
    if named and all(system.missing for system in named):
        needed = " ".join(name for system in named for name in system.missing if system.is_optional)
        if needed:
            raise BadUsage(f"{' '.join(system.name for system in named)} cannot be measured without {needed}")
    wanted = wanted or (set(QUICK_SYSTEMS) if effort.is_quick else set())
    plan = Plan(effort, scenarios, json=found.get("--json", ""), products=found.get("--products", Plan.products),
                agent=found.get("--agent", Plan.agent), operator=found.get("--operator", ""),
                is_only_shown=found.get("--plan", False))
    for system in SYSTEMS:
        if system.name not in (wanted or {every.name for every in SYSTEMS if not every.on_request}):
            continue
        if not system.missing:
            plan.systems.append(system)
            plan.left_out |= {f"{system.name} in {scenario.name}": system.unfit[scenario.name]
                              for scenario in plan.scenarios if scenario.name in system.unfit}
        elif not system.is_optional or system.name in wanted:
            plan.left_out[system.name] = "not on this machine: " + " ".join(system.missing)
    return plan
