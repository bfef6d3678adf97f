"""Visitors who keep asking while something happens to the stack, and say what failed; standard library only.

    visitors.py HOST CA_FILE SECONDS [--uploads]     asks until the time is up or a line comes on standard input
    visitors.py HOST CA_FILE websocket SECONDS       one WebSocket that stays and says something every 200 ms

Prints one line of JSON: how much was answered and failed, with the first words of each sort of failure, and the whole seconds
between the first failure and the last, which, unlike their number, does not grow with the speed of refusals. A request on a
connection that was idle and closed just then is sent once more on a new one, as browsers and curl do, and counted as such.
"""

import base64
import collections
import http.client
import json
import os
import select
import socket
import ssl
import sys
import threading
import time


def context(ca_file):
    made = ssl.create_default_context(cafile=ca_file)
    made.set_alpn_protocols(["http/1.1"])
    return made


class Connection(http.client.HTTPSConnection):
    """Every name leads to this machine."""

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", 443), timeout=self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


class Tally:
    def __init__(self):
        self.lock = threading.Lock()
        self.answered = 0
        self.sent_again = 0
        self.failures = collections.Counter()
        self.first = self.last = None  # when a request failed

    def count(self, failure=None):
        with self.lock:
            if failure is None:
                self.answered += 1
            else:
                self.failures[failure[:120]] += 1
                self.last = time.monotonic()
                self.first = self.first or self.last

    def send_again(self):
        with self.lock:
            self.sent_again += 1


def answer_on(connection):
    connection.request("GET", "/download?bytes=20000")
    return connection.getresponse()


def ask(host, ca_file, stop, tally):
    connection = None
    while not stop.is_set():
        try:
            is_new = connection is None
            connection = connection or Connection(host, timeout=20, context=context(ca_file))
            try:
                answer = answer_on(connection)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if is_new:
                    raise
                tally.send_again()
                connection = Connection(host, timeout=20, context=context(ca_file))
                answer = answer_on(connection)
            body = answer.read()
            if answer.status != 200:
                tally.count(f"status {answer.status}")
            elif len(body) != 20000:
                tally.count("cut short")
            else:
                tally.count()
        except (OSError, http.client.HTTPException) as error:
            tally.count(f"{type(error).__name__}: {error}")
            if connection is not None:
                connection.close()
            connection = None
        stop.wait(0.02)


def wait_for_end(seconds):
    select.select([sys.stdin], [], [], seconds)


def keep_asking(host, ca_file, seconds):
    stop, tally = threading.Event(), Tally()
    threads = [threading.Thread(target=ask, args=(host, ca_file, stop, tally)) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_for_end(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    return {"answered": tally.answered, "sent_again": tally.sent_again, "failed": sum(tally.failures.values()),
            "seconds": round(tally.last - tally.first) if tally.first else 0, "failures": dict(tally.failures)}


def frame(text):
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(text))
    return bytes([0x81, 0x80 | len(text)]) + mask + masked


def keep_talking(host, ca_file, seconds):
    plain = socket.create_connection(("127.0.0.1", 443), timeout=20)
    visitor = context(ca_file).wrap_socket(plain, server_hostname=host)
    key = base64.b64encode(os.urandom(16)).decode()
    visitor.sendall((f"GET /echo HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: keep-alive, upgrade\r\n"
                     f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
    stream = visitor.makefile("rb")
    status = stream.readline()
    if not status.startswith(b"HTTP/1.1 101 "):
        raise SystemExit(f"no WebSocket: {status}")
    while stream.readline().rstrip(b"\r\n"):
        pass
    print("open", flush=True)
    said, end = 0, time.monotonic() + seconds
    while time.monotonic() < end and not select.select([sys.stdin], [], [], 0.2)[0]:
        word = f"word {said}".encode()
        visitor.sendall(frame(word))
        head = stream.read(2)
        if len(head) < 2 or stream.read(head[1] & 0x7F) != word:
            return {"said": said, "cut": True}
        said += 1
    return {"said": said, "cut": False}


def main():
    host, ca_file, what = sys.argv[1:4]
    if what == "websocket":
        try:
            result = keep_talking(host, ca_file, float(sys.argv[4]))
        except OSError as error:
            result = {"said": 0, "cut": True, "error": str(error)}
    else:
        result = keep_asking(host, ca_file, float(what))
    print(json.dumps(result), flush=True)


main()
