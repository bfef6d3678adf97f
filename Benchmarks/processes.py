"""Programs that the bench starts, and how each of them is ended: by its process id, with all that it started."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time

from accounting import family


DESCRIPTORS = 65_536


class Failure(Exception):
    """A system under test, or what the bench needs, did not do what it should; the text is for people."""


def free_port():
    """A loopback port that nobody has now; whoever takes it in between makes the program that needs it say so."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def allow_descriptors():
    """As many as this user may have, for the bench and what it starts; some programs size tables by a huge limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def need_descriptors(count):
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if count > allowed:
        raise Failure(f"{count} descriptors are needed and {allowed} allowed: see ulimit -Hn")


def program(name):
    """The command that runs one of the bench's own programs."""
    return [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs", name)]


def wait_until(seconds, condition, what):
    """Asks every few milliseconds, and gives up after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(0.005)


class Process:
    """One program; its standard output and error go to files, unless the output is a pipe that the bench reads."""

    def __init__(self, name, command, folder, environment=None, pipe=False):
        self.name = name
        self.log = os.path.join(folder, f"{name}.log")
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stderr=log,
                stdout=subprocess.PIPE if pipe else log, start_new_session=True,
                env={**os.environ, **(environment or {})})
        self.pid = self.popen.pid

    @property
    def is_running(self):
        return self.popen.poll() is None

    def first_line(self, seconds):
        """The first line on a piped standard output."""
        received, end = b"", time.monotonic() + seconds
        os.set_blocking(self.popen.stdout.fileno(), False)
        while b"\n" not in received:
            if time.monotonic() > end or not self.is_running:
                raise Failure(f"{self.name} did not say a line within {seconds} s; {self.last_words()}")
            received += self.popen.stdout.read() or b""
            time.sleep(0.001)
        return received.split(b"\n")[0].decode()

    def last_words(self):
        with open(self.log, errors="replace", encoding="utf-8") as lines:
            return "its log ends: " + " | ".join(lines.read().strip().splitlines()[-3:])


class Processes:
    """Everything that runs for this bench."""

    def __init__(self, folder):
        self.folder, self.running = folder, []

    def start(self, name, command, environment=None, pipe=False):
        try:
            process = Process(name, command, self.folder, environment, pipe)
        except OSError as error:
            raise Failure(f"{name} does not start: {error}") from error
        self.running.append(process)
        return process

    def run(self, name, command, environment=None, seconds=60):
        """Runs a short command to its end."""
        process = self.start(name, command, environment)
        try:
            status = process.popen.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"{name} did not end within {seconds} s") from error
        finally:
            self.end([process])
        if status != 0:
            raise Failure(f"{name} ended with {status}; {process.last_words()}")

    def listens(self, process, port, seconds=15):
        """Waits until a program accepts connections."""
        def accepts():
            if not process.is_running:
                raise Failure(f"{process.name} ended by itself; {process.last_words()}")
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        wait_until(seconds, accepts, f"{process.name} listens")

    def end(self, processes):
        """Asks all of them and all that they started to end, waits two seconds, and then does not ask any more."""
        processes = [process for process in processes if process in self.running]
        pids = family([process.pid for process in processes if process.is_running])
        signal_each(pids, signal.SIGTERM)
        end = time.monotonic() + 2
        while time.monotonic() < end and any(process.is_running for process in processes):
            time.sleep(0.01)
        signal_each([pid for pid in pids if is_child_or_orphan(pid, processes)], signal.SIGKILL)
        for process in processes:
            process.popen.wait()
            if process.popen.stdout:
                process.popen.stdout.close()
            self.running.remove(process)

    @contextlib.contextmanager
    def scope(self):
        """Ends whatever was started within it."""
        before = list(self.running)
        try:
            yield
        finally:
            self.end([process for process in self.running if process not in before])

    def end_all(self):
        self.end(list(self.running))


def is_child_or_orphan(pid, processes):
    """Whether a pid is still of the session of one of these programs: its number may have been given away again."""
    try:
        return os.getsid(pid) in {process.pid for process in processes}
    except ProcessLookupError:
        return False


def signal_each(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
