"""What a GiB costs, down and up, in bodies of 64 MiB on one and on eight connections."""

import os

from accounting import Meter, proportional_kib
from scenarios import Column, Scenario
from visitor import CHUNK, LARGE, all_at_once, connect, fetch, put

GIB = 1024 ** 3
DEADLINE = 120
BLOCK = os.urandom(CHUNK)


def download(endpoint, times):
    def one(_):
        buffer = bytearray(CHUNK)
        with connect(endpoint.port) as visitor:
            for _ in range(times):
                fetch(visitor, endpoint.host, "/large", LARGE, buffer)
    return one


def upload(endpoint, times):
    def one(_):
        with connect(endpoint.port) as visitor:
            for _ in range(times):
                put(visitor, endpoint.host, "/upload", LARGE, BLOCK)
    return one


def measure(work, connections):
    def measured(bench, endpoint):
        if bench.is_first_turn:
            all_at_once(connections, work(endpoint, 1), DEADLINE)
        times = bench.effort.gib * GIB // LARGE // connections
        size = times * connections * LARGE
        with Meter(endpoint.pids) as meter:
            seconds = all_at_once(connections, work(endpoint, times), DEADLINE)
        return {**meter.values(), "bytes": size, "cpu_seconds_per_gib": round(meter.cpu / size * GIB, 3),
                "mib_per_second": round(size / seconds / 1024 ** 2, 1),
                "rss_mib": round(sum(proportional_kib(pids) for pids in endpoint.pids.values()) / 1024, 1)}
    return measured


COLUMNS = [Column("cpu_seconds_per_gib", "CPU s/GiB", 2), Column("mib_per_second", "MiB/s", 0),
           Column("rss_mib", "RSS MiB", 1)]

SCENARIOS = [
    Scenario(f"gib_{direction}_x{count}", "transfers",
             f"64 MiB {direction}, again and again, on {count} connection{'s' if count > 1 else ''}",
             measure(work, count), COLUMNS)
    for direction, work in (("down", download), ("up", upload)) for count in (1, 8)
]
