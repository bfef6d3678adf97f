"""A visitor in a few lines: one HTTP/1.1 connection over a socket, for what wrk does not do."""

import socket
import threading
import time

from processes import Failure

CHUNK = 256 * 1024
SMALL, MEDIUM, LARGE = 1024, 100 * 1024, 64 * 1024 * 1024  # the files of the origin


def connect(port, seconds=30, receive_buffer=None):
    visitor = socket.socket()
    if receive_buffer:
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    visitor.settimeout(seconds)
    visitor.connect(("127.0.0.1", port))
    visitor.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return visitor


def ask(visitor, host, path, method="GET", fields=""):
    visitor.sendall(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n".encode())


def read_head(visitor):
    """The status, the length of the body if it is said, and what of the body came along."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = visitor.recv(65536)
        if not more:
            raise Failure("a connection ended before the head of the response did")
        received += more
    head, _, rest = received.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(head[9:12]), int(lengths[0]) if lengths else None, rest


def discard_body(visitor, length, rest, buffer=None):
    buffer = buffer or bytearray(CHUNK)
    missing = length - len(rest)
    while missing > 0:
        count = visitor.recv_into(buffer, min(len(buffer), missing))
        if count == 0:
            raise Failure(f"a response ended {missing} bytes early")
        missing -= count


def fetch(visitor, host, path, size, buffer=None):
    """Makes one request, and throws away the body, which must have this size."""
    ask(visitor, host, path)
    status, length, rest = read_head(visitor)
    if status != 200 or length != size:
        raise Failure(f"{path} was answered with status {status} and {length} bytes, not {size}")
    discard_body(visitor, length, rest, buffer)


def serves(port, host):
    """Whether the small file comes through."""
    try:
        with connect(port, 5) as visitor:
            fetch(visitor, host, "/small", SMALL)
            return True
    except (OSError, Failure):
        return False


def put(visitor, host, path, length, block):
    """Uploads `length` bytes, and checks that the origin says that it has read all of them."""
    ask(visitor, host, path, method="PUT", fields=f"Content-Length: {length}\r\n")
    view, missing = memoryview(block), length
    while missing > 0:
        part = view[:min(len(view), missing)]
        visitor.sendall(part)
        missing -= len(part)
    status, size, rest = read_head(visitor)
    while size is not None and len(rest) < size:
        more = visitor.recv(size - len(rest))
        if not more:
            break
        rest += more
    if status != 200 or rest != str(length).encode():
        raise Failure(f"an upload of {length} bytes was answered with {status} {rest[:40]!r}")


def all_at_once(count, work, seconds):
    """Runs work(0...count-1), each in a thread of its own; the first failure is the failure of all. Returns seconds."""
    failures = []

    def run(number):
        try:
            work(number)
        except Exception as error:  # a visitor that ends in any other way has not moved its bytes either
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, began + seconds - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        raise Failure(f"not done within {seconds} s")
    if failures:
        raise Failure(f"{type(failures[0]).__name__}: {failures[0]}")
    return time.monotonic() - began
