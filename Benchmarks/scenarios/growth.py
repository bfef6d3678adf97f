"""What a request, an agent and a name cost when there are ever more agents and names."""

import statistics
import time

import wrk
from accounting import passive_opens, thread_seconds
from processes import need_descriptors
from scenarios import Column, Scenario
from scenarios.ladder import NAMES_OF_AGENT, Ladder, shares
from scenarios.route_changes import change_routes

CONNECTIONS = 64
PER = 10_000  # requests
DESCRIPTORS = 8192
SETTLES = 5  # seconds; agents close idle connections to the origin after four


class Usage:
    """CPU seconds of the edge and of all agents between two moments, without what they use when nobody visits."""

    def __init__(self, groups, idle=(0.0, 0.0)):
        self.groups = groups  # process ids of the edge, and of the agents
        self.idle = idle  # CPU seconds a second, of the edge and of the agents

    def __enter__(self):
        self.began, self.before = time.monotonic(), [thread_seconds(pids) for pids in self.groups]
        return self

    def __exit__(self, *_):
        after = [thread_seconds(pids) for pids in self.groups]
        self.seconds = time.monotonic() - self.began
        self.used = [end - start - rate * self.seconds for start, end, rate in zip(self.before, after, self.idle)]


def idle_rates(ladder, seconds):
    """CPU seconds a second that the edge and all agents use for nothing but staying connected."""
    with Usage(ladder.groups) as usage:
        time.sleep(seconds)
    return [used / usage.seconds for used in usage.used]


def one_run(ladder, idle, visit):
    before = passive_opens()
    with Usage(ladder.groups, idle) as usage:
        report = visit()
    connects = max(0, passive_opens() - before - CONNECTIONS)
    edge, agents = (used / report["requests"] * PER for used in usage.used)
    return {"edge": edge, "agents": agents, "both": edge + agents, "requests_per_second": report["requests_per_second"],
            "p99_ms": report["p99_ms"], "origin_connects": connects / report["requests"]}


def medians(runs, places=4):
    return {key: round(statistics.median(run[key] for run in runs), places) for key in runs[0]}


def step(bench, ladder):
    """Requests spread over all names, and in turns with them requests for the first name alone: what grows in the
    latter, too, grows with what the edge has and not with what is asked for."""
    effort, port = bench.effort, ladder.ports["visitor"]
    names = ladder.names_file()
    first = ladder.host(ladder.agents[0].names[0])
    time.sleep(SETTLES)
    idle = idle_rates(ladder, effort.growth_seconds)
    wrk.run_spread(port, names, "/small", CONNECTIONS, effort.growth_seconds)  # agents connect to the origin
    spread, alone = [], []
    for _ in range(effort.rounds):
        spread.append(one_run(ladder, idle, lambda: wrk.run_spread(port, names, "/small", CONNECTIONS,
                                                                   effort.growth_seconds)))
        alone.append(one_run(ladder, idle, lambda: wrk.run(port, first, "/small", CONNECTIONS, effort.growth_seconds)))
    one, all_names = medians(alone), medians(spread)
    return {"names": len(ladder.names), "agents": len(ladder.agents), "cost": all_names["both"],
            "cost_edge": all_names["edge"], "cost_agents": all_names["agents"], "cost_one_name": one["both"],
            "cost_one_name_edge": one["edge"], "requests_per_second": all_names["requests_per_second"],
            "p99_ms": all_names["p99_ms"], "origin_connects": all_names["origin_connects"],
            "edge_idle_share": round(idle[0], 5), "agent_idle_share": round(idle[1] / len(ladder.agents), 6), "edge_mib": round(ladder.edge_kib() / 1024, 1),
            "runs": {"spread": spread, "one_name": alone}}


def flat(steps, by):
    """The figures of each step by a name of their own: cost_10000 is the cost with 10 000 of them."""
    return {f"{key}_{one[by]}": value for one in steps for key, value in one.items() if isinstance(value, (int, float))}


def say_step(bench, one):
    bench.say(f"   {one['names']} names, {one['agents']} agents: CPU s/10k {one['cost']:.3f}, one name"
              f" {one['cost_one_name']:.3f}")


def bindings(bench, _):
    """Ever more names at one edge, of as few agents as may have so many; the last step says what a name takes."""
    need_descriptors(DESCRIPTORS)
    counts, steps, routes = bench.effort.growth_bindings, [], {}
    with bench.setup.processes.scope():
        ladder = Ladder(bench, len(shares(counts[-1], NAMES_OF_AGENT)))
        for count in counts:
            wanted = shares(count, NAMES_OF_AGENT)
            ladder.grow_to(len(wanted))
            edge, agents = ladder.edge_kib(), ladder.agents_kib()
            took = ladder.name_up_to(wanted)
            grown = ladder.edge_kib() - edge, ladder.agents_kib() - agents
            steps.append(step(bench, ladder))
            say_step(bench, steps[-1])
            if took:
                steps[-1]["name_ms"] = round(statistics.median(took) * 1000, 2)
            if count in (counts[0], counts[-1]):
                routes[count] = change_routes(ladder, bench.effort.route_seconds)
    each = {"kib_each_at_edge": round(grown[0] / len(took), 3), "kib_each_at_agent": round(grown[1] / len(took), 2)}
    changes = {f"{key}_{count}": value for count, found in routes.items() for key, value in found.items()}
    return {**flat(steps, "names"), **each, **changes, "steps": steps, "changes": [
        {"names": count, **found} for count, found in routes.items()]}


def agents(bench, _):
    """Ever more agents with a name each; the last step says what an agent takes at the edge."""
    need_descriptors(DESCRIPTORS)
    counts, steps = bench.effort.growth_agents, []
    with bench.setup.processes.scope():
        ladder = Ladder(bench, counts[-1])
        for count in counts:
            before, new = ladder.edge_kib(), count - len(ladder.agents)
            seconds = ladder.grow_to(count)
            grown, own = ladder.edge_kib() - before, ladder.agents_kib() / count
            steps.append(step(bench, ladder))
            say_step(bench, steps[-1])
    return {**flat(steps, "agents"), "kib_each_at_edge": round(grown / new, 1), "kib_of_each_process": round(own, 1),
            "last_step_seconds": round(seconds, 1), "steps": steps}


STEP = [Column("cost", "CPU s/10k", 3), Column("cost_edge", "edge's", 3), Column("cost_agents", "agents'", 3),
        Column("cost_one_name", "one name", 3), Column("cost_one_name_edge", "edge's", 3),
        Column("requests_per_second", "requests/s", 0), Column("p99_ms", "p99 ms", 1),
        Column("origin_connects", "connects/request", 3),
        Column("edge_mib", "edge MiB", 1), Column("edge_idle_share", "edge idle, of a core", 4),
        Column("agent_idle_share", "each agent's", 5)]
CHANGES = [Column("names", "names", 0), Column("add_ms", "added ms", 1), Column("add_p99_ms", "p99", 1),
           Column("add_said_ms", "API's answer", 1), Column("remove_ms", "removed ms", 1),
           Column("remove_p99_ms", "p99", 1), Column("changes", "changes", 0)]

SCENARIOS = [
    Scenario("growth_bindings", "growth", "names at one edge, and routes that change under load", bindings,
             [Column("kib_each_at_edge", "KiB/name at edge", 2), Column("kib_each_at_agent", "at its agent", 2)],
             only_ours=True, is_once=True, lists={
                 "steps": [Column("names", "names", 0), Column("agents", "agents", 0), *STEP,
                           Column("name_ms", "add a name ms", 1)],
                 "changes": CHANGES}),
    Scenario("growth_agents", "growth", "agents at one edge, one name each", agents,
             [Column("kib_each_at_edge", "KiB/agent at edge", 1), Column("kib_of_each_process", "its process", 0),
              Column("last_step_seconds", "last step in s", 1)],
             only_ours=True, is_once=True, lists={"steps": [Column("agents", "agents", 0), *STEP]}),
]
