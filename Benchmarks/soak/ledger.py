"""What visitors asked for and what became of it, and for which times an interruption was announced. No I/O."""

import collections
import dataclasses
import threading
import time

#: What an edge or an agent answers for a device that is away or was cut off in the middle.
AWAY = {502, 503, 504}
REMEMBERED = 20


class Refused(Exception):
    """A whole answer, with a status that nobody asked for."""

    def __init__(self, status):
        super().__init__(f"status {status}")
        self.status = status


class Broken(Exception):
    """The connection ended before the answer did."""


class Corrupt(Exception):
    """A whole answer, with other bytes than it should have."""


class Late(Exception):
    """Neither an answer nor an end within the deadline."""


@dataclasses.dataclass
class Gap:
    """A time during which a host may be out of reach; it is open until `ended` is set."""

    began: float
    abrupt: bool
    ended: float | None = None

    def excuses(self, began, ended):
        """Whether an exchange from `began` to `ended` may have suffered from this gap.

        Who is told to stop finishes what is under way: only what began inside the gap is excused. Who is cut off or
        killed takes with it whatever overlaps.
        """
        until = float("inf") if self.ended is None else self.ended
        if self.abrupt:
            return began <= until and ended >= self.began
        return self.began <= began <= until


class Gaps:
    """The announced interruptions of every host. Any thread may ask."""

    def __init__(self):
        self._lock = threading.Lock()
        self._gaps = collections.defaultdict(list)

    def announce(self, host, abrupt, now=None):
        gap = Gap(time.monotonic() if now is None else now, abrupt)
        with self._lock:
            self._gaps[host].append(gap)
        return gap

    def excuse(self, host, began, ended):
        with self._lock:
            return any(gap.excuses(began, ended) for gap in self._gaps[host])

    def last(self, host, moment):
        """The last gap announced before that moment, in words relative to it; for whoever looks into a loss."""
        with self._lock:
            gaps = [gap for gap in self._gaps[host] if gap.began <= moment]
        if not gaps:
            return "no interruption before"
        gap = gaps[-1]
        end = "not over" if gap.ended is None else f"over for {moment - gap.ended:.2f} s"
        return f"{'cut or killed' if gap.abrupt else 'told to stop'} {moment - gap.began:.2f} s before, {end}"

    def seconds(self, host):
        """How long the host was announced to be away, all gaps that have ended together."""
        with self._lock:
            return sum(gap.ended - gap.began for gap in self._gaps[host] if gap.ended is not None)


def may_be_excused(failure):
    """Whether an interruption explains it: a wrong answer and no answer at all it never does."""
    match failure:
        case Refused():
            return failure.status in AWAY
        case Broken():
            return True
        case _:
            return False


class Ledger:
    """Counts exchanges by what they were. Any thread may write."""

    def __init__(self, gaps):
        self._gaps = gaps
        self._lock = threading.Lock()
        self.served = collections.Counter()
        self.excused = collections.Counter()
        self.lost = collections.Counter()
        self.losses = []
        self.bytes = collections.Counter()
        self.slowest = 0.0

    def serve(self, kind, began, ended, up=0, down=0):
        with self._lock:
            self.served[kind] += 1
            self.bytes["up"] += up
            self.bytes["down"] += down
            self.slowest = max(self.slowest, ended - began)

    def fail(self, kind, host, began, ended, failure):
        """Counts a failure as excused or lost, and remembers the first few of the lost."""
        excused = may_be_excused(failure) and self._gaps.excuse(host, began, ended)
        with self._lock:
            if excused:
                self.excused[kind] += 1
                return
            self.lost[kind] += 1
            if len(self.losses) < REMEMBERED:
                what = f"{type(failure).__name__}: {failure}"
                since = self._gaps.last(host, ended)
                self.losses.append(f"{kind} of {host} after {ended - began:.2f} s: {what} ({since})")
