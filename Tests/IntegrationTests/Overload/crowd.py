"""Thousands of visitors in one process; prints what became of them as one line of JSON. Standard library only.

    crowd.py idle PORT COUNT PID     visitors who make a request, stay, and make another one; PID is the edge's
    crowd.py slow PORT COUNT LIMIT   COUNT who send a head, and COUNT who send a body, at a byte a second, a tenth as many
                                     who take nothing of an answer, and quick ones beside them; LIMIT is in seconds
    crowd.py hold PORT COUNT BYTES   visitors who have sent BYTES of a head, held until the process is killed
"""
import collections
import json
import resource
import select
import signal
import socket
import sys
import time

HOST = "demo.localhost"
WAVE = 100


def allow_descriptors(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 64
    if hard != resource.RLIM_INFINITY and wanted > hard:
        sys.exit(f"{count} connections need {wanted} descriptors, and only {hard} are allowed: see ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def connect(port, receive_buffer=None):
    visitor = socket.socket()
    if receive_buffer:
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    visitor.settimeout(30)
    visitor.connect(("127.0.0.1", port))
    return visitor


def ask(visitor, path="/status/204"):
    visitor.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())


def answer(visitor):
    """The status of a response, its body read to the end; "cut" when it does not get that far."""
    received = b""
    try:
        while b"\r\n\r\n" not in received:
            if not (more := visitor.recv(65536)):
                return "cut"
            received += more
        head, _, body = received.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        missing = int(lengths[0]) - len(body) if lengths else 0
        while missing > 0:
            if not (more := visitor.recv(65536)):
                return "cut"
            missing -= len(more)
    except OSError:
        return "cut"
    return head[9:12].decode()


def fresh(port, path="/status/204"):
    """The status that a new visitor gets, and the milliseconds from its first packet on."""
    began = time.monotonic()
    with connect(port) as visitor:
        ask(visitor, path)
        status = answer(visitor)
    return status, (time.monotonic() - began) * 1000


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


def all_ask(visitors):
    """Every visitor makes a request, a wave at a time; how often which status came."""
    statuses = collections.Counter()
    for first in range(0, len(visitors), WAVE):
        wave = visitors[first:first + WAVE]
        for visitor in wave:
            ask(visitor)
        statuses.update(answer(visitor) for visitor in wave)
    return statuses


def idle(port, count, pid):
    allow_descriptors(count)
    for visitor in (warm := [connect(port) for _ in range(WAVE)]):
        ask(visitor)
    for visitor in warm:
        answer(visitor)
        visitor.close()
    before, began, visitors, first = resident(pid), time.monotonic(), [], collections.Counter()
    while len(visitors) < count:
        wave = [connect(port) for _ in range(min(WAVE, count - len(visitors)))]
        first.update(all_ask(wave))
        visitors += wave
    seconds, after = time.monotonic() - began, resident(pid)
    times = sorted(fresh(port) for _ in range(21))
    return {
        "visitors": len(visitors), "first": first, "seconds": round(seconds, 1),
        "bytes_per_visitor": (after - before) // count, "fresh": collections.Counter(status for status, _ in times),
        "fresh_median_ms": round(sorted(spent for _, spent in times)[10], 1), "second": all_ask(visitors),
    }


class Slow:
    """One visitor who is in no hurry."""

    def __init__(self, kind, port):
        self.kind, self.outcome = kind, None
        self.socket = connect(port, receive_buffer=4096 if kind == "readers" else None)
        if kind == "bodies":
            self.socket.sendall(f"POST /upload HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100000\r\n\r\n".encode())
        elif kind == "readers":
            ask(self.socket, "/download?bytes=67108864")
        self.rest = iter(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Long: ".encode())

    def send_one(self):
        if self.kind == "readers" or self.outcome:
            return
        byte = next(self.rest, ord("a")) if self.kind == "heads" else ord("a")
        try:
            self.socket.sendall(bytes([byte]))
        except OSError:
            pass  # what it was told before that is read with the rest

    def happened(self):
        """Reads the answer of one that is done; a reader learns of its end without reading."""
        try:
            said = b"" if self.kind == "readers" else self.socket.recv(4096)
            error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) if self.kind == "readers" else 0
            self.outcome = "reset" if error else said[9:12].decode() or "closed"
        except ConnectionError:
            self.outcome = "reset"


def slow(port, count, limit):
    allow_descriptors(3 * count)
    sizes = {"heads": count, "bodies": count, "readers": count // 10}
    crowd = [Slow(kind, port) for kind, size in sizes.items() for _ in range(size)]
    poll, known = select.poll(), {one.socket.fileno(): one for one in crowd}
    for one in crowd:
        poll.register(one.socket, 0 if one.kind == "readers" else select.POLLIN)
    end, neighbours, slowest = time.monotonic() + limit, collections.Counter(), 0
    while any(one.outcome is None for one in crowd) and (now := time.monotonic()) < end:
        for one in crowd:
            one.send_one()
        for path in ("/status/204", "/download?bytes=100000"):
            status, spent = fresh(port, path)
            neighbours[status] += 1
            slowest = max(slowest, spent)
        while (left := now + 1 - time.monotonic()) > 0:
            for descriptor, _ in poll.poll(left * 1000):
                known[descriptor].happened()
                poll.unregister(descriptor)
    outcomes = {kind: collections.Counter() for kind in sizes}
    for one in crowd:
        outcomes[one.kind][one.outcome or "still there"] += 1
    return {**outcomes, "neighbours": neighbours, "slowest_neighbour_ms": round(slowest, 1)}


def hold(port, count, size):
    allow_descriptors(count)
    visitors = [connect(port) for _ in range(count)]
    for visitor in visitors:
        visitor.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Long: ".encode().ljust(size, b"a"))
    print(json.dumps({"held": count}), flush=True)
    signal.pause()


if __name__ == "__main__":
    what, numbers = sys.argv[1], [int(word) for word in sys.argv[2:]]
    print(json.dumps({"idle": idle, "slow": slow, "hold": hold}[what](*numbers)))
