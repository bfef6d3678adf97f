"""What the kernel says that processes have used: CPU time from /proc/PID/stat, memory from /proc/PID/status."""

import os
import time

COARSE = 0.02
HERTZ = os.sysconf("SC_CLK_TCK")


def children(pid):
    """The living children of a process, whichever of its threads has started them."""
    found = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except FileNotFoundError:
        return found
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as line:
                found += [int(word) for word in line.read().split()]
        except FileNotFoundError:
            pass
    return found


def family(pids):
    """These processes and everything that descends from them."""
    found, waiting = [], list(pids)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.append(pid)
            waiting += children(pid)
    return found


def ticks_in(stat):
    """Clock ticks in one line of /proc/PID/stat: user and system, and those of children that have ended."""
    words = stat.rpartition(")")[2].split()
    return sum(int(word) for word in words[11:15])


def ticks(pids):
    """The clock ticks of each process of a family."""
    found = {}
    for pid in family(pids):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as line:
                found[pid] = ticks_in(line.read())
        except FileNotFoundError:
            pass  # a child that has ended since; its parent has its ticks
    return found


def seconds_in(schedstat):
    """CPU seconds in one line of /proc/PID/task/TID/schedstat, which counts in nanoseconds."""
    return int(schedstat.split()[0]) / 1e9


def thread_seconds(pids):
    """CPU seconds of the threads that these processes have now.

    For hundreds of processes that each use less than a clock tick; what has ended since is not in it.
    """
    total = 0.0
    for pid in pids:
        for thread in os.listdir(f"/proc/{pid}/task"):
            try:
                with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as line:
                    total += seconds_in(line.read())
            except FileNotFoundError:
                pass  # it has ended in between
    return total


def passive_opens_in(snmp):
    """TCP connections that this machine has accepted, from /proc/net/snmp: a line of names, and one of numbers."""
    names, numbers = (line.split() for line in snmp.splitlines() if line.startswith("Tcp:"))
    return int(numbers[names.index("PassiveOpens")])


def passive_opens():
    with open("/proc/net/snmp", encoding="ascii") as lines:
        return passive_opens_in(lines.read())


def memory_in(status, field):
    """KiB of one field of /proc/PID/status."""
    for line in status.splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return 0


def memory(pids, field="VmRSS"):
    """KiB of a family: VmRSS is what is resident now, VmHWM the most there was."""
    total = 0
    for pid in family(pids):
        try:
            with open(f"/proc/{pid}/status", encoding="utf-8") as lines:
                total += memory_in(lines.read(), field)
        except FileNotFoundError:
            pass
    return total


def proportional_kib(pids):
    """What processes have in memory together, shared pages counted once."""
    total = 0
    for pid in family(pids):
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total


def forget_peak(pids):
    """Lets VmHWM begin again from what is resident now."""
    for pid in family(pids):
        with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")


class Meter:
    """CPU seconds of each role between two moments.

    The kernel counts in clock ticks, so every process that works is off by up to one. `resolution` says what that is of
    the whole; run lengths are chosen so that it stays below two hundredths.
    """

    def __init__(self, roles):
        self.roles = roles

    def __enter__(self):
        self.before = {role: ticks(pids) for role, pids in self.roles.items()}
        self.began = time.monotonic()
        return self

    def __exit__(self, *_):
        self.read()

    @property
    def is_coarse(self):
        """Whether what was used up to now is too little for the kernel's clock."""
        self.read()
        return self.resolution > COARSE

    def read(self):
        self.seconds = time.monotonic() - self.began
        after = {role: ticks(pids) for role, pids in self.roles.items()}
        used = {role: sum(after[role].values()) - sum(self.before[role].values()) for role in after}
        busy = sum(1 for role in after for pid in after[role] if after[role][pid] != self.before[role].get(pid))
        self.by_role = {role: count / HERTZ for role, count in used.items()}
        self.cpu = sum(self.by_role.values())
        self.resolution = busy / max(1, sum(used.values()))

    def values(self):
        return {"cpu_seconds": round(self.cpu, 2), "seconds": round(self.seconds, 3),
                "cpu_seconds_by_role": self.by_role, "resolution": round(self.resolution, 4)}
