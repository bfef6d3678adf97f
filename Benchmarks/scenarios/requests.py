"""What a request costs: GET of 1 KiB on connections that stay, and on a connection each."""

import statistics

import wrk
from accounting import Meter, proportional_kib
from scenarios import Column, Scenario

CONNECTIONS = (1, 16, 64, 256)
NEW_CONNECTIONS = 16
MOST_RUNS = 3


def cost(bench, endpoint, connections, close):
    """One run of wrk, and more of them while they use too little CPU for the kernel's clock."""
    def one_run():
        return wrk.run(endpoint.port, endpoint.host, "/small", connections, bench.effort.seconds, close)

    with Meter(endpoint.pids) as meter:
        runs = [one_run()]
        while len(runs) < MOST_RUNS and meter.is_coarse:
            runs.append(one_run())
    requests = sum(run["requests"] for run in runs)
    return {**meter.values(), "runs": len(runs), "requests": requests,
            **{key: statistics.median(run[key] for run in runs) for key in ("requests_per_second", "p50_ms", "p99_ms")},
            "cpu_seconds_per_10k": round(meter.cpu / requests * 10_000, 4),
            "rss_mib": round(sum(proportional_kib(pids) for pids in endpoint.pids.values()) / 1024, 1)}


def warm_up(endpoint, connections, close):
    """The first requests make connections and grow buffers; they are not counted."""
    wrk.run(endpoint.port, endpoint.host, "/small", connections, 1, close)


def measure(connections, close=False):
    def measured(bench, endpoint):
        if bench.is_first_turn:
            warm_up(endpoint, connections, close)
        return cost(bench, endpoint, connections, close)
    return measured


COLUMNS = [Column("cpu_seconds_per_10k", "CPU s/10k", 3), Column("requests_per_second", "requests/s", 0),
           Column("p50_ms", "p50 ms", 2), Column("p99_ms", "p99 ms", 2), Column("rss_mib", "RSS MiB", 1)]

SCENARIOS = [
    *[Scenario(f"request_cpu_c{count}", "requests", f"GET of 1 KiB, {count} at once on connections that stay",
               measure(count), COLUMNS, is_close=True) for count in CONNECTIONS],
    Scenario("newconn_cpu", "newconn", f"GET of 1 KiB with Connection: close, {NEW_CONNECTIONS} visitors at once",
             measure(NEW_CONNECTIONS, close=True), COLUMNS, is_close=True),
]
