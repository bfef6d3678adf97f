"""An origin that takes nothing that is not exact, notes what it got, and answers as it was told."""
import hashlib
import json
import re
import socket
import threading

REQUEST_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([^\x00-\x20\x7f]+) HTTP/1\.1")
FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([^\x00-\x08\x0a-\x1f\x7f]*)")


class Wrong(Exception):
    """What a proxy sent is not HTTP/1.1 to the letter."""


class Stream:
    """Reads a connection by lines and by counts."""

    def __init__(self, connection):
        self.connection, self.pending = connection, b""

    def more(self):
        data = self.connection.recv(65536)
        if not data: raise EOFError
        self.pending += data

    def until(self, mark):
        while (end := self.pending.find(mark)) < 0: self.more()
        taken, self.pending = self.pending[:end], self.pending[end + len(mark):]
        return taken

    def exactly(self, count):
        while len(self.pending) < count: self.more()
        taken, self.pending = self.pending[:count], self.pending[count:]
        return taken


def fields_of(lines):
    fields = []
    for line in lines:
        match = FIELD.fullmatch(line)
        if not match: raise Wrong(f"field line {line!r}")
        fields.append((match[1].lower(), match[2]))
    return fields


def body_of(stream, fields):
    lengths = [value for name, value in fields if name == b"content-length"]
    codings = [value for name, value in fields if name == b"transfer-encoding"]
    if len(lengths) + len(codings) > 1: raise Wrong(f"framing {lengths} {codings}")
    if lengths:
        if not re.fullmatch(rb"[0-9]{1,19}", lengths[0]): raise Wrong(f"length {lengths[0]!r}")
        return stream.exactly(int(lengths[0]))
    if not codings: return b""
    if codings[0] != b"chunked": raise Wrong(f"coding {codings[0]!r}")
    body = b""
    while True:
        size = stream.until(b"\r\n")
        if not re.fullmatch(rb"[0-9a-fA-F]{1,16}", size): raise Wrong(f"chunk size {size!r}")
        if int(size, 16) == 0: break
        body += stream.exactly(int(size, 16))
        if stream.exactly(2) != b"\r\n": raise Wrong("chunk end")
    trailers = []
    while line := stream.until(b"\r\n"): trailers.append(line)
    for name, _ in fields_of(trailers):
        if name in (b"content-length", b"transfer-encoding", b"host"): raise Wrong(f"trailer {name!r}")
    return body


class Origin:
    """Listens on a port of its own; `wrongs` must stay empty."""

    def __init__(self, replies, command=None):
        self.replies, self.command = replies, command
        self.requests, self.wrongs = {}, []
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            stream = Stream(connection)
            try:
                while self.one(stream, connection): pass
            except Wrong as wrong:
                with self.lock: self.wrongs.append(str(wrong))
            except (EOFError, OSError):
                pass

    def one(self, stream, connection):
        """Takes one request and answers it; whether the connection goes on."""
        lines = stream.until(b"\r\n\r\n").split(b"\r\n")
        line, fields = REQUEST_LINE.fullmatch(lines[0]), fields_of(lines[1:])
        if not line: raise Wrong(f"request line {lines[0]!r}")
        hosts = [value for name, value in fields if name == b"host"]
        if len(hosts) != 1: raise Wrong(f"hosts {hosts}")
        method, target = line[1], line[2]
        body = body_of(stream, fields)
        if self.command and target.startswith(b"/run?"):
            return self.answer(connection, self.command(target.decode()))
        if target.startswith(b"/reply/"):
            reply, closes = self.replies[int(target.rpartition(b"/")[2])]
            connection.sendall(reply)
            return not closes
        tags = [value for name, value in fields if name == b"x-tag"]
        if len(tags) != 1: raise Wrong(f"tags {tags} of {line[0]!r}")
        with self.lock: self.requests.setdefault(int(tags[0]), []).append((method, target, body))
        digest = hashlib.sha256(body).hexdigest()
        answer = {"method": method.decode("latin1"), "target": target.decode("latin1"), "sha256": digest}
        return self.answer(connection, json.dumps(answer), method == b"HEAD")

    @staticmethod
    def answer(connection, text, is_head=False):
        body = text.encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
        connection.sendall(head if is_head else head + body)
        return True
