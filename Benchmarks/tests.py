"""The parts of the bench that only compute: python3 Benchmarks/bench.py --self-test."""

import tempfile
import unittest

import accounting
import arguments
import figures
import h2load
import report
import visitor
import wrk
from machine import read
from processes import Failure, Processes, wait_until
from scenarios import Column, Scenario, growth
from scenarios.events import EVENT
from scenarios.ladder import shares

REPORT = """Running 4s test @ http://127.0.0.1:1/small
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.64ms    1.05ms  20.00ms   90.00%
    Req/Sec    39.9k     1.20k   41.00k    75.00%
  Latency Distribution
     50%  980.00us
     75%    1.90ms
     90%    2.50ms
     99%    1.20s
  160000 requests in 4.00s, 200.00MB read
Requests/sec:  40000.00
Transfer/sec:     50.00MB
"""


def turn(scenario, system, number, **values):
    return {"scenario": scenario, "system": system, "round": number, "values": values}


class Wrk(unittest.TestCase):
    def test_reads_requests_and_percentiles(self):
        values = wrk.parse(REPORT)
        self.assertEqual((values["requests"], values["requests_per_second"], values["errors"]), (160000, 40000.0, 0))
        self.assertEqual((values["p50_ms"], values["p75_ms"], values["p99_ms"]), (0.98, 1.9, 1200.0))

    def test_counts_every_kind_of_error(self):
        errors = "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 5\n"
        self.assertEqual(wrk.parse(REPORT + errors)["errors"], 15)

    def test_refuses_what_is_no_report(self):
        with self.assertRaises(Failure):
            wrk.parse("unable to connect to 127.0.0.1:1 Connection refused")

    def test_reads_every_unit(self):
        texts = ("250us", "1.5ms", "2.00s", "1.00m")
        self.assertEqual([wrk.milliseconds(text) for text in texts], [0.25, 1.5, 2000, 60000])


class EveryRequest(unittest.TestCase):
    report = "requests: 95 total, 95 started, 95 done, 95 succeeded, 0 failed\nstatus codes: 95 2xx, 0 3xx, 0 4xx, 0 5xx\n"

    def test_each_request_must_be_answered_and_served(self):
        h2load.check(self.report, 95)
        for wrong in (self.report.replace("95 succeeded", "94 succeeded"), self.report.replace("95 2xx", "94 2xx"), ""):
            with self.assertRaises(Failure, msg=wrong):
                h2load.check(wrong, 95)

    def test_reads_what_each_request_took(self):
        self.assertEqual(h2load.milliseconds(["1763800000000000\t200\t1500\n", "1763800000000100\t200\t70\n"]), [1.5, 0.07])

    def test_a_visitor_who_ends_in_whatever_way_makes_the_turn_fail(self):
        def confused(number):
            raise ValueError(number)

        with self.assertRaises(Failure):
            visitor.all_at_once(2, confused, 10)


class Accounting(unittest.TestCase):
    def test_adds_user_and_system_time_and_that_of_ended_children(self):
        line = "7 (a b) c) S 1 7 7 0 -1 4194560 100 0 0 0 11 22 33 44 20 0 1 0 5 0 0"
        self.assertEqual(accounting.ticks_in(line), 110)

    def test_finds_a_field_of_memory(self):
        status = "Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n"
        self.assertEqual([accounting.memory_in(status, name) for name in ("VmRSS", "VmHWM", "VmLck")], [1024, 2048, 0])

    def test_counts_a_process_and_what_it_has_started(self):
        with tempfile.TemporaryDirectory() as folder:
            processes = Processes(folder)
            parent = processes.start("parent", ["sh", "-c", "sleep 60 & wait"])
            try:
                wait_until(10, lambda: len(accounting.family([parent.pid])) == 2, "the child is there")
                child = next(pid for pid in accounting.family([parent.pid]) if pid != parent.pid)
            finally:
                processes.end_all()
            self.assertFalse(parent.is_running)
            wait_until(10, lambda: not read(f"/proc/{child}/cmdline"), "the child is gone")


class Figures(unittest.TestCase):
    rounds = [
        *[turn("request_cpu_c64", system, number, cpu_seconds_per_10k=cost)
          for system, costs in (("ours", (0.2, 0.9, 0.3)), ("nghttpx", (0.4, 1.0, 0.4)))
          for number, cost in enumerate(costs, start=1)],
        turn("gib_up_x8", "ours", 1, cpu_seconds_per_gib=1.0),
        turn("idle_visitors", "ours", 1, kib_each=4.0), turn("idle_visitors", "ours", 2, kib_each=6.0),
        turn("delay200", "ours", 1, share=0.85),
    ]

    def test_a_ratio_is_the_median_of_the_ratios_of_the_rounds(self):
        self.assertEqual(figures.ratio_object(self.rounds, "ours", "nghttpx"), {"request_cpu_c64": 0.75})

    def test_figures_are_medians_of_ours(self):
        self.assertEqual(figures.figure_object(self.rounds, "ours"), {"idle_visitor_kib": 5.0, "delay200_share": 0.85})

    def test_a_floor_is_reached_from_above_and_a_limit_from_below(self):
        reached = {target.name: is_reached for target, _, is_reached in figures.verdicts(
            {"delay200_share": 0.8, "idle_visitor_kib": 5.1, "request_cpu_c64": 0.8})}
        self.assertEqual(reached, {"delay200_share": True, "idle_visitor_kib": False, "request_cpu_c64": True})

    def test_names_all_that_is_asked_for(self):
        ratios = {"request_cpu_c1", "request_cpu_c16", "request_cpu_c64", "request_cpu_c256", "newconn_cpu",
                  "gib_down_x1", "gib_down_x8", "gib_up_x1", "gib_up_x8"}
        self.assertEqual(set(figures.COST), ratios)
        self.assertEqual({target.name for target in figures.TARGETS}, ratios | set(figures.FIGURES))

    def test_says_what_the_clock_is_too_coarse_for(self):
        rounds = [turn("gib_up_x1", "ours", 1, resolution=0.019), turn("gib_up_x1", "nginx", 1, resolution=0.03)]
        self.assertEqual(figures.coarse(rounds, 0.02), [("gib_up_x1", "nginx")])


class Words(unittest.TestCase):
    def test_json_goes_to_a_file_or_to_standard_output(self):
        self.assertEqual([arguments.parse(words.split()).json for words in
                          ("--json", "--json out.json --quick", "--json=out.json", "--json --quick", "--quick")],
                         ["-", "out.json", "out.json", "-", ""])

    def test_a_group_stands_for_its_scenarios(self):
        names = [scenario.name for scenario in arguments.parse(["--only", "transfers,start"]).scenarios]
        self.assertEqual(names, ["gib_down_x1", "gib_down_x8", "gib_up_x1", "gib_up_x8", "start"])

    def test_what_is_on_request_does_not_run_by_itself(self):
        plan = arguments.parse([])
        self.assertNotIn("crowd", [scenario.name for scenario in plan.scenarios])
        self.assertNotIn("ours-inspected", [system.name for system in plan.systems])

    def test_refuses_what_it_does_not_know(self):
        for words in (["--fast"], ["--only", "nothing"], ["--only"], ["--rounds", "2"], ["--rounds", "many"]):
            with self.assertRaises(arguments.BadUsage, msg=words):
                arguments.parse(words)


class Growth(unittest.TestCase):
    steps = [{"names": 1, "agents": 1, "cost": 0.5, "cost_edge": 0.2, "runs": {}},
             {"names": 100, "agents": 3, "cost": 0.75, "cost_edge": 0.25, "runs": {}}]

    def test_names_are_shared_by_as_few_agents_as_may_have_them(self):
        self.assertEqual([shares(count, 64) for count in (1, 2, 65, 100)], [[1], [1, 1], [1, 64], [1, 64, 35]])
        self.assertEqual((len(shares(10_000, 64)), sum(shares(10_000, 64))), (158, 10_000))

    def test_what_a_step_found_becomes_a_figure(self):
        rounds = [turn("growth_bindings", "ours", 1, **growth.flat(self.steps, "names"), kib_each_at_edge=0.5)]
        self.assertEqual(figures.figure_object(rounds, "ours"), {
            "growth_bindings_1": 0.5, "growth_bindings_1_edge": 0.2, "growth_bindings_100": 0.75,
            "growth_bindings_100_edge": 0.25, "kib_per_binding": 0.5})

    def test_steps_are_shown_as_a_table_for_documents(self):
        scenario = Scenario("growth_bindings", "growth", "names", None,
                            lists={"steps": [Column("names", "names", 0), Column("cost", "cost", 2)]})
        rounds = [turn("growth_bindings", "ours", 1, steps=self.steps)]
        self.assertEqual(list(report.list_lines(rounds, scenario, ["ours", "nghttpx"])),
                         ["| names | cost |", "|---|---|", "| 1 | 0.50 |", "| 100 | 0.75 |", ""])

    def test_every_step_of_a_full_run_has_a_figure(self):
        effort = arguments.Effort()
        self.assertLessEqual({f"growth_bindings_{count}" for count in effort.growth_bindings}
                             | {f"growth_agents_{count}" for count in effort.growth_agents}, set(figures.GROWTH))

    def test_a_percentile_is_one_of_the_values(self):
        self.assertEqual([figures.percentile(range(1, 201), share) for share in (0.5, 0.99, 1.0)], [100, 198, 200])
        self.assertEqual(figures.percentile([7], 0.5), 7)

    def test_reads_nanoseconds_of_a_thread(self):
        self.assertEqual(accounting.seconds_in("2500000000 70585 1\n"), 2.5)

    def test_finds_how_many_connections_were_accepted(self):
        snmp = "Ip: Forwarding\nIp: 1\nTcp: ActiveOpens PassiveOpens\nTcp: 7 12\n"
        self.assertEqual(accounting.passive_opens_in(snmp), 12)

    def test_what_is_used_without_visitors_is_not_counted(self):
        usage = growth.Usage([[], []], idle=(0.5, 0.25))
        with usage:
            usage.before, usage.began = [-3.0, -2.0], usage.began - 2
        self.assertEqual([round(used, 1) for used in usage.used], [2.0, 1.5])


class Text(unittest.TestCase):
    def test_a_table_lines_up(self):
        self.assertEqual(list(report.table(["", "a"], [["long", "1"], ["x", "10 000"]])),
                         ["             a", "  long       1", "  x     10 000"])

    def test_a_scenario_shows_its_first_figure_with_its_spread(self):
        scenario = Scenario("idle_visitors", "idle", "memory", None, [Column("kib_each", "KiB", 1)])
        lines = list(report.scenario_lines(Figures.rounds, scenario, ["ours", "nghttpx"]))
        self.assertEqual(lines[2].split(), ["ours", "2", "5.0", "(4.0..6.0)"])

    def test_events_are_found_among_chunk_sizes(self):
        stream = b"14\r\nevent 7 123456\n\n\r\n14\r\nevent 8 1234"
        self.assertEqual(EVENT.findall(stream), [(b"7", b"123456")])


if __name__ == "__main__":
    unittest.main()
