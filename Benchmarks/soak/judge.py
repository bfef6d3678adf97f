"""Holds what was counted and sampled against the bounds. Pure but for the logs that it reads."""

import json
from collections import Counter

from verdict import Check, descriptor_checks, memory_checks, thread_check

#: What a program may grow by while thousands of connections, reconnects and uploads pass.
GROWTH_MIB, RISE_MIB = 8, 16
#: What allocators take until they have seen all there is, what the inspector of an agent may keep, and the length of a
#: soak from which on the first third has seen the end of both.
SETTLING_MIB, INSPECTED_MIB, SETTLED = 8, 64, 600
#: A device is back after so long; who is told to stop first lets its visitors finish.
AWAY_SECONDS = 15
#: Descriptors and threads that come and go with what is under way; beyond them, how far twenty visitors spread.
FEW_DESCRIPTORS, FEW_THREADS, SPREAD = 4, 2, 12
#: Lines of a log: at the start, and for each event of a kind.
AT_START, PER_TUNNEL, PER_RELOAD, PER_CUT = 12, 4, 2, 8


def filling_mib(seconds, inspected):
    """How much of what is bounded may still come in after the first third of a soak of that length."""
    if seconds >= SETTLED:
        return 0
    return SETTLING_MIB + (INSPECTED_MIB if inspected else 0)


def program_checks(name, samples, before, after, filling):
    """`samples` are pairs of seconds and figures, `before` and `after` those without visitors."""
    resident, descriptors, threads = (
        [(time, figures[key]) for time, figures in samples] for key in ("resident", "descriptors", "threads")
    )
    return [
        *memory_checks(name, resident, GROWTH_MIB + filling, RISE_MIB + filling),
        *descriptor_checks(name, descriptors, before["descriptors"], after["descriptors"], SPREAD, FEW_DESCRIPTORS),
        thread_check(name, threads, FEW_THREADS),
    ]


def load_checks(ledger, kinds, seconds):
    """No request is lost, and a soak in which little happened shows nothing."""
    checks = [Check("exchanges lost", sum(ledger.lost.values()), 0)]
    least = max(1, seconds // 6)
    checks += [Check(f"exchanges served: {kind}", ledger.served[kind], least, at_least=True) for kind in kinds]
    everyone = sum(ledger.served.values()) + sum(ledger.excused.values())
    excused = 100 * sum(ledger.excused.values()) / max(1, everyone)
    return [*checks, Check("exchanges excused by an interruption", excused, 10, "%")]


def interruption_checks(counts, metrics, gaps):
    """They happened, the edge counted the same, and none of them kept a device away for long."""
    applied = metrics.get('osm_edge_config_reload_total{result="applied"}', 0)
    refused = metrics.get('osm_edge_config_reload_total{result="refused"}', 0)
    return [
        Check("cuts of a tunnel", counts["cuts"], 1, at_least=True),
        Check("restarts of an agent", counts["restarts"], 1, at_least=True),
        Check("reloads that the edge did not apply", abs(counts["reloads"] - applied) + refused, 0),
        *(
            Check(f"{host} away, for each interruption", away / max(1, number), AWAY_SECONDS, "s")
            for host, away, number in gaps
        ),
    ]


def log_checks(lines, alarms, counts, metrics):
    """`lines` are the numbers of lines by program; how many requests there were must not matter."""
    tunnels = metrics["osm_edge_tunnels_accepted_total"]
    bounds = {
        "edge": AT_START + PER_TUNNEL * tunnels + PER_RELOAD * counts["reloads"],
        "origin": AT_START,
        "agent-steady": AT_START,
        "agent-severed": AT_START + PER_CUT * counts["cuts"],
        "agent-replaced": AT_START * (counts["restarts"] + 1),
    }
    checks = [Check(f"{name}: lines of the log", lines[name], bound) for name, bound in bounds.items()]
    return [*checks, Check("errors and crashes in the logs", alarms, 0)]


def messages(lines):
    """How often each message stands in a log, for whoever wonders what it is full of."""
    counted = Counter()
    for line in lines:
        try:
            counted[json.loads(line).get("msg", "?")] += 1
        except (ValueError, AttributeError):
            counted["(not JSON)"] += 1
    return dict(counted.most_common(12))
