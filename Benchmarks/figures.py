"""From rounds to figures: medians, ratios to the reference pair, and what is to be reached. Nothing but arithmetic."""

import math
import statistics
from dataclasses import dataclass

# The cost of each scenario that is compared with the pair.
COST = {
    **{f"request_cpu_c{count}": "cpu_seconds_per_10k" for count in (1, 16, 64, 256)},
    "newconn_cpu": "cpu_seconds_per_10k",
    **{f"gib_{direction}_x{count}": "cpu_seconds_per_gib" for direction in ("down", "up") for count in (1, 8)},
}

# A figure of ours: the scenario and the key it comes from.
FIGURES = {
    "idle_visitor_kib": ("idle_visitors", "kib_each"),
    "slow_reader_mib_proxy": ("slow_readers", "mib_proxy"),
    "slow_reader_mib_agent": ("slow_readers", "mib_agent"),
    "slow_reader_late_mib": ("slow_readers", "mib_late"),
    "sse_added_ms": ("sse", "added_ms"),
    "delay200_share": ("delay200", "share"),
    "stalled_share": ("stalled", "share"),
    "stalled_p99_ratio": ("stalled", "p99_ratio"),
    "tunnel_up_ms": ("start", "tunnel_up_ms"),
    "url_ms": ("start", "url_ms"),
}

# What growth costs; nothing is to be reached there but that it stays what it is.
GROWTH = {
    **{f"growth_{what}_{count}{name}": (f"growth_{what}", f"{key}_{count}")
       for what, counts in (("bindings", (1, 100, 1000, 10_000)), ("agents", (1, 10, 100, 1000)))
       for count in counts for name, key in (("", "cost"), ("_edge", "cost_edge"), ("_one_name", "cost_one_name"))},
    "kib_per_agent": ("growth_agents", "kib_each_at_edge"),
    "kib_per_agent_process": ("growth_agents", "kib_of_each_process"),
    "kib_per_binding": ("growth_bindings", "kib_each_at_edge"),
    "kib_per_binding_agent": ("growth_bindings", "kib_each_at_agent"),
    **{f"route_{kind}{p99}_ms{suffix}": ("growth_bindings", f"{key}{p99}_ms_{count}")
       for kind, key in (("change", "add"), ("removal", "remove")) for p99 in ("", "_p99")
       for count, suffix in ((1, ""), (1000, "_bindings_1000"), (10_000, "_bindings_10000"))},
}


@dataclass
class Target:
    """What a ratio or a figure is to reach."""

    name: str
    limit: float
    is_floor: bool = False

    def is_reached(self, value):
        return value >= self.limit if self.is_floor else value <= self.limit

    @property
    def wanted(self):
        return f"{'>=' if self.is_floor else '<='} {self.limit:g}"


TARGETS = [
    Target("request_cpu_c1", 0.95), Target("request_cpu_c16", 0.95),
    Target("request_cpu_c64", 0.80), Target("request_cpu_c256", 0.80), Target("newconn_cpu", 1.2),
    Target("gib_down_x1", 0.6), Target("gib_down_x8", 0.6), Target("gib_up_x1", 0.6), Target("gib_up_x8", 0.6),
    Target("idle_visitor_kib", 5), Target("slow_reader_mib_proxy", 64), Target("slow_reader_mib_agent", 64),
    Target("slow_reader_late_mib", 8),
    Target("sse_added_ms", 2), Target("delay200_share", 0.8, is_floor=True),
    Target("stalled_share", 0.9, is_floor=True), Target("stalled_p99_ratio", 1.5),
    Target("tunnel_up_ms", 150), Target("url_ms", 500),
]


def of(rounds, scenario, system):
    """Round number to values."""
    return {one["round"]: one["values"] for one in rounds if one["scenario"] == scenario and one["system"] == system}


def spread(values):
    """The median, and the least and the most of some numbers."""
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def percentile(values, share):
    """The least of the values that is not exceeded by this share of them."""
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]


def summary(rounds, scenario, system):
    """Every number of a scenario that one system has in all its rounds."""
    turns = list(of(rounds, scenario, system).values())
    keys = [key for key, value in turns[0].items() if isinstance(value, (int, float))] if turns else []
    return {key: spread([turn[key] for turn in turns]) for key in keys if all(key in turn for turn in turns)}


def ratios_of(rounds, scenario, ours, theirs):
    """Ours divided by theirs, round by round: what the machine did besides met both."""
    mine, other, key = of(rounds, scenario, ours), of(rounds, scenario, theirs), COST[scenario]
    both = sorted(mine.keys() & other.keys())
    return [mine[number][key] / other[number][key] for number in both if other[number][key]]


def ratio_object(rounds, ours, theirs):
    """The median of the rounds' ratios; a scenario that was not measured is absent."""
    found = {scenario: ratios_of(rounds, scenario, ours, theirs) for scenario in COST}
    return {scenario: round(statistics.median(values), 3) for scenario, values in found.items() if values}


def ratio_spreads(rounds, ours, theirs):
    """The least and the most of the rounds' ratios."""
    found = {scenario: ratios_of(rounds, scenario, ours, theirs) for scenario in COST}
    return {scenario: [round(min(values), 3), round(max(values), 3)] for scenario, values in found.items() if values}


def figure_object(rounds, ours):
    found = {}
    for name, (scenario, key) in {**FIGURES, **GROWTH}.items():
        values = [turn[key] for turn in of(rounds, scenario, ours).values() if key in turn]
        if values:
            found[name] = round(statistics.median(values), 3)
    return found


def verdicts(values):
    """(target, value, whether it is reached) for everything that was measured."""
    return [(target, values[target.name], target.is_reached(values[target.name]))
            for target in TARGETS if target.name in values]


def not_measured(values, scenarios):
    """Targets that these scenarios are for and that have no value."""
    return [target for target in TARGETS if target.name not in values
            and (target.name if target.name in COST else FIGURES[target.name][0]) in scenarios]


def coarse(rounds, limit):
    """What used so little CPU that the kernel's clock ticks say too little about it."""
    return sorted({(one["scenario"], one["system"]) for one in rounds if one["values"].get("resolution", 0) > limit})
