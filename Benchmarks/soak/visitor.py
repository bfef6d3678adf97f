"""A visitor over HTTP/1.1 who checks every byte; made of sockets, so that it can also misbehave."""

import socket
import struct

from ledger import Broken, Corrupt, Late, Refused

#: Longer than anything here may take on a machine that is busy with a build.
DEADLINE = 30
CHUNK = 64 * 1024
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Answer:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body


class Connection:
    """One connection to the edge, open from the first byte that is sent until the end of a `with`."""

    def __init__(self, port):
        self._port = port
        self._socket = self._stream = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def open(self):
        self._socket = _outside(lambda: socket.create_connection(("127.0.0.1", self._port), timeout=DEADLINE))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = self._socket.makefile("rb", CHUNK)

    def close(self):
        if self._socket is not None:
            self._stream.close()
            self._socket.close()

    def reset(self):
        """Leaves without a word: the peer gets a RST."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.close()

    def send(self, *parts):
        if self._socket is None:
            self.open()
        for part in parts:
            _outside(lambda part=part: self._socket.sendall(part))

    def read(self, count):
        """Exactly so many bytes."""
        data = _outside(lambda: self._stream.read(count))
        if len(data) < count:
            raise Broken(f"ended {count - len(data)} bytes early")
        return data

    def read_some(self, count):
        return _outside(lambda: self._stream.read1(count))

    def line(self):
        line = _outside(lambda: self._stream.readline(CHUNK))
        if not line.endswith(b"\n"):
            raise Broken("ended in a line")
        return line.rstrip(b"\r\n")

    def head(self):
        """The status and the fields of the next response."""
        words = self.line().split(b" ", 2)
        if len(words) < 2 or not words[1].isdigit():
            raise Corrupt(f"not a status line: {words[:2]}")
        fields = {}
        while line := self.line():
            name, _, value = line.partition(b":")
            fields[name.strip().lower().decode()] = value.strip().decode("latin-1")
        return int(words[1]), fields

    def answer(self):
        """The next response, whole; statuses other than 200 and 204 are refusals."""
        status, fields = self.head()
        body = self._body(status, fields)
        if status not in (200, 204):
            raise Refused(status)
        return Answer(status, fields, body)

    def ask(self, method, path, host, body=None, chunked=False):
        """Sends a request and awaits its whole answer."""
        self.send(request_head(method, path, host, body, chunked))
        if body is not None:
            for start in range(0, len(body), CHUNK):
                part = body[start : start + CHUNK]
                self.send(*((b"%x\r\n" % len(part), part, b"\r\n") if chunked else (part,)))
            if chunked:
                self.send(b"0\r\n\r\n")
        return self.answer()

    def _body(self, status, fields):
        if status == 204:
            return b""
        if "content-length" in fields:
            return self.read(understood(lambda: int(fields["content-length"])))
        if fields.get("transfer-encoding", "").lower() != "chunked":
            raise Corrupt("a body without a length")
        parts = []
        while size := understood(lambda: int(self.line().split(b";")[0], 16)):
            parts.append(self.read(size))
            if self.line():
                raise Corrupt("a chunk is longer than it says")
        while self.line():
            pass
        return b"".join(parts)


def request_head(method, path, host, body=None, chunked=False, length=None):
    """The head of a request; `length` is announced in place of the body's own."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n"
    if chunked:
        head += "Transfer-Encoding: chunked\r\n"
    elif length is not None or body is not None:
        head += f"Content-Length: {len(body) if length is None else length}\r\n"
    return (head + "\r\n").encode()


def understood(read):
    """What `read` makes of bytes that came; the ledger's word when it can make nothing of them."""
    try:
        return read()
    except ValueError as error:
        raise Corrupt(str(error)) from error


def _outside(call):
    """What the system says of a socket, in the words of the ledger."""
    try:
        return call()
    except TimeoutError as error:
        raise Late(f"nothing for {DEADLINE} s") from error
    except OSError as error:
        raise Broken(error.strerror or str(error)) from error
