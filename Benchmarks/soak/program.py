"""A process under test: how it is started, watched and ended."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

PAGE = os.sysconf("SC_PAGE_SIZE")
CRASH = re.compile(r"Fatal error|Crash:|SIGSEGV|SIGILL|SIGTRAP|Sanitizer|Precondition failed")


class Failure(Exception):
    """Why the soak cannot go on."""


def wait_until(condition, seconds, what):
    """Asks again and again; the time it took."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(0.02)
    return time.monotonic() - began


class Program:
    """One process. Standard output and the log are files of its name in `folder`; a restart goes on with the log."""

    def __init__(self, name, arguments, folder):
        self.name, self._arguments, self._folder = name, arguments, pathlib.Path(folder)
        self.log_path = self._folder / f"{name}.log"
        self._process = None
        #: Set while it may end: an end at any other time is a failure.
        self.may_end = False

    def start(self):
        with open(self._folder / f"{self.name}.out", "wb") as output, open(self.log_path, "ab") as log:
            self._process = subprocess.Popen(self._arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=log)
        self.may_end = False  # not before: whoever watches would take the end of the last one for that of this one

    @property
    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def listening(self, seconds=30):
        """The line of JSON that says where it listens."""
        path = self._folder / f"{self.name}.out"
        wait_until(lambda: b"}" in path.read_bytes() or not self.is_running, seconds, f"{self.name} listens")
        if not self.is_running:
            raise Failure(f"{self.name} ended at its start: {self.log_lines()[-3:]}")
        return json.loads(path.read_bytes().splitlines()[0])

    def send(self, number):
        self._process.send_signal(number)

    def end(self, number=signal.SIGTERM, seconds=40):
        """Ends it, and answers its exit code; who does not end in time is killed, which is a failure."""
        self.may_end = True
        if not self.is_running:
            return self._process and self._process.returncode
        self.send(number)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            self._process.kill()
            self._process.wait()
            raise Failure(f"{self.name} did not end {seconds} s after signal {number}") from error

    def kill(self):
        """For cleaning up: whatever it does."""
        if self.is_running:
            self._process.kill()
            self._process.wait()

    def figures(self):
        """Resident bytes, descriptors and threads at this moment; None when it has gone."""
        folder = f"/proc/{self._process.pid}"
        try:
            with open(f"{folder}/statm", encoding="ascii") as file:
                resident = int(file.read().split()[1]) * PAGE
            return {
                "resident": resident,
                "descriptors": len(os.listdir(f"{folder}/fd")),
                "threads": len(os.listdir(f"{folder}/task")),
            }
        except OSError:
            return None

    def log_lines(self):
        if not self.log_path.exists():
            return []
        return self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()

    def alarms(self):
        """The lines of the log that should not be there: errors, and whatever a crash leaves."""
        return [line for line in self.log_lines() if CRASH.search(line) or level(line) in ("error", "critical")]


def level(line):
    """The level of a line of the log; empty for what is meant for people."""
    try:
        return json.loads(line).get("level", "")
    except (ValueError, AttributeError):
        return ""
