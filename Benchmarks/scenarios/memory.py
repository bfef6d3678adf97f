"""What visitors cost in memory: those who do nothing, and those who read slowly."""

import select
import time

from accounting import forget_peak, memory
from processes import Failure, need_descriptors
from scenarios import Column, Scenario
from visitor import SMALL, ask, connect, fetch, read_head

WAVE = 100
READERS, READER_RATE, TICK = 50, 100 * 1024, 0.1
READER_BUFFER = 64 * 1024  # what the kernel keeps for a reader must not be what is measured


def resident(endpoint, field="VmRSS"):
    return {role: memory(pids, field) for role, pids in endpoint.pids.items()}


def settle(endpoint, seconds=3):
    """Waits until memory stands still for a moment."""
    end, before = time.monotonic() + seconds, None
    while time.monotonic() < end and before != (now := resident(endpoint)):
        before = now
        time.sleep(0.3)


def come(endpoint, count):
    """Visitors who have made one request and stay, a wave at a time."""
    visitors = []
    while len(visitors) < count:
        wave = [connect(endpoint.port) for _ in range(min(WAVE, count - len(visitors)))]
        ask_all(endpoint, wave)
        visitors += wave
    return visitors


def ask_all(endpoint, visitors):
    for visitor in visitors:
        ask(visitor, endpoint.host, "/small")
    for visitor in visitors:
        status, length, rest = read_head(visitor)
        while len(rest) < length:
            more = visitor.recv(length - len(rest))
            if not more:
                raise Failure("an answer was cut short")
            rest += more
        if status != 200:
            raise Failure(f"a visitor was answered with {status}")


def idle(bench, endpoint):
    count, visitors = bench.effort.idle_visitors, []
    need_descriptors(count + 512)
    for visitor in come(endpoint, WAVE):
        visitor.close()
    settle(endpoint)
    before = resident(endpoint)
    try:
        visitors = come(endpoint, count)
        settle(endpoint)
        after = resident(endpoint)
        for first in range(0, count, WAVE):  # they are still served
            ask_all(endpoint, visitors[first:first + WAVE])
    finally:
        for visitor in visitors:
            visitor.close()
    # The first wave had memory of those who left before, so it is not counted either.
    each = {role: round((after[role] - before[role]) / (count - WAVE), 2) for role in after}
    return {"visitors": count, "kib_each": round(sum(each.values()), 2),
            **{f"kib_each_{role}": value for role, value in each.items()},
            "rss_mib_before": {role: round(kib / 1024, 1) for role, kib in before.items()}}


def read_slowly(readers, ticks):
    """Every reader takes its share a tick; returns what each of them got."""
    got, share, due = {reader: 0 for reader in readers}, int(READER_RATE * TICK), time.monotonic()
    for _ in range(ticks):
        ready, _, _ = select.select(readers, [], [], 0)
        for reader in ready:
            received = reader.recv(share)
            if not received:
                raise Failure("a slow reader's connection was ended")
            got[reader] += len(received)
        due += TICK
        time.sleep(max(0.0, due - time.monotonic()))
    return list(got.values())


def slow_readers(bench, endpoint):
    """Ours is watched for longer: what grows without end is told from what fills up."""
    seconds = bench.effort.own_reader_seconds if endpoint.is_ours else bench.effort.reader_seconds
    with connect(endpoint.port) as visitor:
        fetch(visitor, endpoint.host, "/small", SMALL)
    settle(endpoint)
    before = resident(endpoint)
    for pids in endpoint.pids.values():
        forget_peak(pids)
    readers = []
    try:
        for _ in range(READERS):
            readers.append(connect(endpoint.port, receive_buffer=READER_BUFFER))
            ask(readers[-1], endpoint.host, "/large")
        ticks = int(seconds / TICK)
        early = read_slowly(readers, ticks * 2 // 3)
        peak_before = resident(endpoint, "VmHWM")
        got = [sum(pair) for pair in zip(early, read_slowly(readers, ticks - ticks * 2 // 3))]
        peak = resident(endpoint, "VmHWM")
    finally:
        for reader in readers:
            reader.close()
    if min(got) < READER_RATE * seconds / 4:
        raise Failure(f"a slow reader got {min(got)} bytes only")
    growth = {role: round((peak[role] - before[role]) / 1024, 1) for role in peak}
    return {"readers": READERS, "least_bytes": min(got), "most_bytes": max(got),
            "rss_mib_before": {role: round(kib / 1024, 1) for role, kib in before.items()},
            "mib_late": round(max(peak[role] - peak_before[role] for role in peak) / 1024, 1),
            **{f"mib_{role}": value for role, value in growth.items()}}


SCENARIOS = [
    Scenario("idle_visitors", "idle", "memory of a visitor who has made a request and stays", idle,
             [Column("kib_each", "KiB each"), Column("kib_each_proxy", "proxy"), Column("kib_each_agent", "agent")],
             tunnels_only=True, is_fresh=True),
    Scenario("slow_readers", "readers", f"growth at its peak when {READERS} visitors read 64 MiB at 100 KiB/s",
             slow_readers, [Column("mib_proxy", "proxy MiB", 1), Column("mib_agent", "agent MiB", 1),
                            Column("mib_late", "in the last third", 1)],
             tunnels_only=True, is_fresh=True),
]
