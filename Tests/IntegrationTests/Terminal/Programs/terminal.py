"""Runs a program in a terminal of its own, and lets a test look at the screen and press keys.

usage: terminal.py COLUMNS ROWS STEPS PROGRAM [ARGUMENT...]

STEPS is a JSON list of lists; each is answered with one line of JSON:
  ["await", TEXT]           waits until the text stands on the screen or in the scroll-back
  ["look"]                  waits until nothing more comes for a moment
  ["resize", COLUMNS, ROWS]
  ["type", TEXT]            presses keys
  ["visit", URL]            asks as a visitor of the program
  ["end"]                   waits until the program has ended
The answer: {"screen": [...], "history": [...], "cursor": true, "found": true, "exit": null, "styles": [...]}
"""

import codecs
import fcntl
import json
import os
import re
import resource
import select
import signal
import struct
import subprocess
import sys
import termios
import time


class Screen:
    """As much of a terminal as the program asks for; anything else is an error."""

    control = re.compile(r"\x1b\[(\??)([\d;]*)([A-Za-z])")

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.lines = [""]
        self.row = self.column = 0
        self.cursor = True
        self.styles = set()
        self.rest = ""
        self.decode = codecs.getincrementaldecoder("utf-8")().decode

    @property
    def top(self):
        return max(0, len(self.lines) - self.rows)

    def resize(self, columns, rows):
        # Lines that do not fit any more are broken, as most terminals do.
        broken = []
        for index, line in enumerate(self.lines):
            if index == self.row:
                self.row = len(broken)
            parts = [line[at : at + columns] for at in range(0, len(line), columns)] or [""]
            broken += parts
        self.lines, self.columns, self.rows = broken, columns, rows
        self.column = min(self.column, columns)

    def feed(self, data):
        text = self.rest + self.decode(data)
        self.rest = ""
        while text:
            if text[0] == "\x1b":
                found = self.control.match(text)
                if found is None:
                    if len(text) > 16:
                        raise ValueError("not a control sequence: %r" % text[:16])
                    self.rest = text
                    return
                self.obey(*found.groups())
                text = text[found.end() :]
            else:
                self.put(text[0])
                text = text[1:]

    def obey(self, private, number, letter):
        if letter == "m":
            self.styles.add(number)
        elif private and number == "25" and letter in "hl":
            self.cursor = letter == "h"
        elif letter == "A":
            self.row = max(self.top, self.row - int(number or 1))
        elif letter == "B":
            self.row = min(len(self.lines) - 1, self.row + int(number or 1))
        elif letter == "K" and not number:
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif letter == "J" and not number:
            self.lines[self.row] = self.lines[self.row][: self.column]
            del self.lines[self.row + 1 :]
        else:
            raise ValueError("an unknown control sequence: %s%s%s" % (private, number, letter))

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.feed_line()
        elif ord(character) >= 0x20:
            if self.column >= self.columns:
                self.column = 0
                self.feed_line()
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + character + line[self.column + 1 :]
            self.column += 1
        else:
            raise ValueError("a control character: %r" % character)

    def feed_line(self):
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    def answer(self, **more):
        lines = [line.rstrip() for line in self.lines]
        return dict(
            screen=lines[self.top :], history=lines[: self.top], cursor=self.cursor, styles=sorted(self.styles), **more
        )


class Terminal:
    def __init__(self, columns, rows, command):
        self.screen = Screen(columns, rows)
        self.status = None
        self.child, self.device = os.forkpty()
        if self.child == 0:
            # Not before its window has a size.
            signal.sigwait({signal.SIGUSR1})
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
            os.execv(command[0], command)
        self.resize(columns, rows)
        os.kill(self.child, signal.SIGUSR1)

    def resize(self, columns, rows):
        fcntl.ioctl(self.device, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(columns, rows)

    def read(self, seconds):
        """Takes in what comes; false when nothing more can come."""
        if not select.select([self.device], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.device, 65536)
        except OSError:
            data = b""
        self.screen.feed(data)
        return bool(data)

    def wait(self, seconds, text):
        deadline = time.monotonic() + seconds
        while not any(text in line for line in self.screen.lines):
            if time.monotonic() > deadline or not self.read(0.05):
                return False
        return True

    def settle(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.read(0.05):
            pass

    def end(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.read(0.05)
            child, status = os.waitpid(self.child, os.WNOHANG)
            if child:
                self.settle(0.2)
                self.status = os.waitstatus_to_exitcode(status)
                return True
        return False

    def obey(self, word, *rest):
        if word == "await":
            return self.wait(30, *rest)
        if word == "look":
            self.settle(0.5)
        elif word == "resize":
            self.resize(*rest)
        elif word == "type":
            os.write(self.device, rest[0].encode())
        elif word == "visit":
            curl = ["curl", "-sS", "-o", "/dev/null", "--path-as-is", "--max-time", "20", *rest]
            return subprocess.run(curl, check=False).returncode == 0
        elif word == "end":
            return self.end(30)
        else:
            raise ValueError(word)
        return True


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    terminal = Terminal(int(sys.argv[1]), int(sys.argv[2]), sys.argv[4:])
    try:
        for step in json.loads(sys.argv[3]):
            found = terminal.obey(*step)
            print(json.dumps(terminal.screen.answer(found=found, exit=terminal.status)), flush=True)
    finally:
        if terminal.status is None:
            os.kill(terminal.child, signal.SIGKILL)


main()
