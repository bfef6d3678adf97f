"""What the samples must look like. Pure: figures in, checks out."""

import dataclasses
import statistics

MIB = 1 << 20


@dataclasses.dataclass
class Check:
    """One thing that must hold, with the figure that shows it and the bound it is held against."""

    name: str
    figure: float
    bound: float
    unit: str = ""
    at_least: bool = False

    @property
    def holds(self):
        return self.figure >= self.bound if self.at_least else self.figure <= self.bound

    def record(self):
        return {**dataclasses.asdict(self), "holds": self.holds}

    def line(self):
        sign = ">=" if self.at_least else "<="
        verdict = "ok  " if self.holds else "FAIL"
        return f"   {verdict} {self.name:<52} {self.figure:>10.6g} {sign} {self.bound:.6g} {self.unit}".rstrip()


def slope(times, values):
    """The median of the slopes between all pairs (Theil and Sen): a third of outliers do not move it far."""
    pairs = [
        (values[j] - values[i]) / (times[j] - times[i])
        for i in range(len(times))
        for j in range(i + 1, len(times))
        if times[j] > times[i]
    ]
    return statistics.median(pairs) if pairs else 0.0


def thinned(samples, most=400):
    """Every so-manyth sample, so that the pairs stay few."""
    step = -(-len(samples) // most) or 1
    return samples[::step]


def growth(samples):
    """How much the last two thirds grow from their beginning to their end, after their slope."""
    tail = thinned(samples[len(samples) // 3 :])
    if len(tail) < 2:
        return 0.0
    times = [time for time, _ in tail]
    return slope(times, [value for _, value in tail]) * (times[-1] - times[0])


def rise(samples):
    """How much the median of the last sixth stands above that of the first third."""
    if len(samples) < 6:
        return 0.0
    first = [value for _, value in samples[: len(samples) // 3]]
    last = [value for _, value in samples[-(len(samples) // 6) :]]
    return statistics.median(last) - statistics.median(first)


def memory_checks(name, samples, growth_mib, rise_mib):
    """`samples` are pairs of seconds and bytes."""
    return [
        Check(f"{name}: memory grows, by its slope", growth(samples) / MIB, growth_mib, "MiB"),
        Check(f"{name}: memory at the end above the first third", rise(samples) / MIB, rise_mib, "MiB"),
    ]


def descriptor_checks(name, samples, before, after, spread, few):
    """Under way they follow the visitors; once those have left, no more than a few are open beyond those before."""
    return [
        Check(f"{name}: descriptors grow, by their slope", growth(samples), spread),
        Check(f"{name}: descriptors left when visitors are gone", after - before, few),
    ]


def thread_check(name, samples, few):
    """How many more there are at any time of the last two thirds than in the middle of the first."""
    first = [value for _, value in samples[: max(1, len(samples) // 3)]]
    rest = [value for _, value in samples[len(samples) // 3 :]] or first
    return Check(f"{name}: threads beyond the first third's", max(rest) - statistics.median(first), few)
