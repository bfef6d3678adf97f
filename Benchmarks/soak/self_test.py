"""Shows that the parts without processes find what they should: `python3 Benchmarks/soak --self-test`."""

import io
import threading
import unittest

import judge
import pattern
import verdict
from ledger import Broken, Corrupt, Gaps, Late, Ledger, Refused
from load import Crowd
from verdict import MIB, Check
from visitor import Connection
from websocket import BINARY, TEXT, frame, masked


class GapTests(unittest.TestCase):
    def setUp(self):
        self.gaps = Gaps()

    def test_who_is_told_to_stop_finishes_what_is_under_way(self):
        self.gaps.announce("host", abrupt=False, now=10).ended = 20
        self.assertFalse(self.gaps.excuse("host", 9, 15))
        self.assertTrue(self.gaps.excuse("host", 11, 25))
        self.assertFalse(self.gaps.excuse("host", 21, 22))

    def test_a_cut_takes_whatever_overlaps(self):
        self.gaps.announce("host", abrupt=True, now=10).ended = 20
        self.assertTrue(self.gaps.excuse("host", 9, 11))
        self.assertTrue(self.gaps.excuse("host", 19, 30))
        self.assertFalse(self.gaps.excuse("host", 8, 9))
        self.assertFalse(self.gaps.excuse("host", 21, 30))

    def test_a_gap_lasts_until_it_has_ended_and_concerns_one_host(self):
        gap = self.gaps.announce("host", abrupt=True, now=10)
        self.assertTrue(self.gaps.excuse("host", 1_000, 1_001))
        self.assertFalse(self.gaps.excuse("other", 1_000, 1_001))
        self.assertEqual(self.gaps.seconds("host"), 0)
        gap.ended = 13
        self.assertEqual(self.gaps.seconds("host"), 3)


class CrowdTests(unittest.TestCase):
    def test_a_visitor_who_ends_in_an_unforeseen_way_is_named(self):
        def confused(crowd, host):
            raise ValueError(host)

        crowd = Crowd(0, ["host"], None, threading.Event())
        crowd._repeat(confused)
        self.assertEqual(crowd.problems, ["a visitor (confused) ended: ValueError: host"])

    def test_what_cannot_be_understood_is_corrupt(self):
        for answer in (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                       b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"):
            connection = Connection(0)
            connection._stream = io.BytesIO(answer)
            with self.assertRaises(Corrupt, msg=answer):
                connection.answer()


class LedgerTests(unittest.TestCase):
    def setUp(self):
        gaps = Gaps()
        gaps.announce("away", abrupt=True, now=0)
        self.ledger = Ledger(gaps)

    def test_an_interruption_explains_refusals_and_breaks(self):
        for failure in (Refused(502), Refused(503), Refused(504), Broken()):
            self.ledger.fail("kind", "away", 1, 2, failure)
        self.assertEqual(self.ledger.excused["kind"], 4)
        self.assertFalse(self.ledger.lost)

    def test_it_never_explains_wrong_bytes_silence_or_another_status(self):
        for failure in (Corrupt(), Late(), Refused(500), Refused(404)):
            self.ledger.fail("kind", "away", 1, 2, failure)
        self.assertEqual(self.ledger.lost["kind"], 4)

    def test_without_an_interruption_every_failure_is_a_loss(self):
        self.ledger.fail("kind", "there", 1, 2, Refused(503))
        self.assertEqual(self.ledger.lost["kind"], 1)
        self.assertEqual(
            self.ledger.losses, ["kind of there after 1.00 s: Refused: status 503 (no interruption before)"]
        )

    def test_a_loss_says_how_far_the_last_interruption_was(self):
        gaps = Gaps()
        gaps.announce("host", abrupt=False, now=10).ended = 12
        self.assertEqual(gaps.last("host", 13), "told to stop 3.00 s before, over for 1.00 s")


class VerdictTests(unittest.TestCase):
    def test_outliers_do_not_move_the_slope(self):
        values = [7.0] * 30
        values[3] = values[17] = 900
        self.assertEqual(verdict.slope(range(30), values), 0)

    def test_a_steady_leak_is_found(self):
        leaking = [(second, 50 * MIB + second * MIB // 4) for second in range(60)]
        checks = {check.name: check for check in verdict.memory_checks("edge", leaking, 8, 16)}
        self.assertFalse(checks["edge: memory grows, by its slope"].holds)
        self.assertFalse(checks["edge: memory at the end above the first third"].figure < 8)

    def test_growth_at_the_beginning_is_no_leak(self):
        settled = [(second, min(second, 15) * MIB) for second in range(60)]
        self.assertTrue(all(check.holds for check in verdict.memory_checks("edge", settled, 8, 16)))

    def test_one_step_up_in_the_middle_shows_at_the_end(self):
        step = [(second, (50 if second < 45 else 90) * MIB) for second in range(60)]
        self.assertFalse(verdict.memory_checks("edge", step, 8, 16)[1].holds)

    def test_descriptors_that_stay_open_are_found(self):
        left = verdict.descriptor_checks("edge", [(1, 20), (2, 20)], 10, 20, 12, 4)[1]
        self.assertFalse(left.holds)

    def test_threads_that_come_later_are_found(self):
        samples = [(second, 4 if second < 40 else 9) for second in range(60)]
        self.assertFalse(verdict.thread_check("edge", samples, 2).holds)

    def test_hours_of_samples_are_thinned(self):
        self.assertLessEqual(len(verdict.thinned(list(range(100_000)))), 400)
        self.assertEqual(verdict.thinned([]), [])

    def test_a_check_says_so_when_it_fails(self):
        self.assertIn("FAIL", Check("x", 2, 1).line())
        self.assertIn("ok", Check("x", 2, 1, at_least=True).line())
        self.assertIs(Check("x", 1, 1).record()["holds"], True)


class JudgeTests(unittest.TestCase):
    def test_a_soak_without_load_fails(self):
        checks = judge.load_checks(Ledger(Gaps()), ["fresh"], 60)
        self.assertEqual([check.name for check in checks if not check.holds], ["exchanges served: fresh"])

    def test_a_line_for_each_request_is_too_many(self):
        lines = {name: 5 for name in ("origin", "agent-steady", "agent-severed", "agent-replaced")} | {"edge": 900}
        counts = {"reloads": 10, "cuts": 10, "restarts": 5}
        checks = judge.log_checks(lines, 0, counts, {"osm_edge_tunnels_accepted_total": 18})
        self.assertEqual([check.name for check in checks if not check.holds], ["edge: lines of the log"])

    def test_messages_are_counted(self):
        self.assertEqual(judge.messages(['{"msg":"a"}', "b", '{"msg":"a"}', "5"]), {"a": 2, "(not JSON)": 2})


class BytesTests(unittest.TestCase):
    def test_the_pattern_is_that_of_the_origin(self):
        # The first word of a xorshift (13, 7, 17) with seed 1, by hand: 0x2001, 0x2041, then this.
        self.assertEqual(pattern.first(8), (0x40822041).to_bytes(8, "little"))
        self.assertEqual(pattern.first(pattern.BLOCK + 8)[-8:], pattern.first(8))

    def test_masking_twice_changes_nothing(self):
        for payload in (b"", b"a", b"hello", bytes(range(256)) * 300):
            self.assertEqual(masked(masked(payload, b"mask"), b"mask"), payload)

    def test_frames_are_those_of_the_standard(self):
        # RFC 6455, 5.7: a single-frame masked text message.
        hello = frame(TEXT, b"Hello", bytes.fromhex("37fa213d"))
        self.assertEqual(hello.hex(), "818537fa213d7f9f4d5158")
        self.assertEqual(frame(BINARY, bytes(256), bytes(4))[:4].hex(), "82fe0100")
        self.assertEqual(frame(BINARY, bytes(65536), bytes(4))[:10].hex(), "82ff0000000000010000")


def run():
    suite = unittest.defaultTestLoader.loadTestsFromName(__name__)
    return 0 if unittest.TextTestRunner(verbosity=0).run(suite).wasSuccessful() else 1
