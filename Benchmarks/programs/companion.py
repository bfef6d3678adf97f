"""What nginx does not do for the origin: reads uploads to their end, and sends events.

    companion.py SOCKET

PUT /upload is answered with the number of bytes that were read. GET /events never ends: every 10 ms all who listen get
`event NUMBER NANOSECONDS`, the time of the monotonic clock at which it was sent, in an order that changes each time.
"""

import random
import socket
import sys
import threading
import time

INTERVAL = 0.01
CHUNK = 1024 * 1024
listeners, guard = [], threading.Lock()


def read_head(connection):
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            return None, b""
        received += more
    head, _, rest = received.partition(b"\r\n\r\n")
    return head, rest


def length_of(head):
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise ValueError("an upload without its length")


def read_body(connection, length, rest, buffer):
    missing = length - len(rest)
    while missing > 0:
        count = connection.recv_into(buffer, min(len(buffer), missing))
        if count == 0:
            raise ConnectionError("an upload ended early")
        missing -= count


def serve(connection):
    buffer = bytearray(CHUNK)
    try:
        while True:
            head, rest = read_head(connection)
            if head is None:
                break
            if b" /events" in head.split(b"\r\n")[0]:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
                with guard:
                    listeners.append(connection)
                return
            length = length_of(head)
            read_body(connection, length, rest, buffer)
            answer = str(length).encode()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
    except (OSError, ValueError):
        pass
    connection.close()


def send_events():
    number = 0
    while True:
        time.sleep(INTERVAL)
        with guard:
            present = list(listeners)
        random.shuffle(present)
        number += 1
        for connection in present:
            try:
                connection.sendall(b"event %d %d\n\n" % (number, time.monotonic_ns()))
            except OSError:
                with guard:
                    listeners.remove(connection)
                connection.close()


if __name__ == "__main__":
    server = socket.socket(socket.AF_UNIX)
    server.bind(sys.argv[1])
    server.listen(128)
    print("listening", flush=True)
    threading.Thread(target=send_events, daemon=True).start()
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
