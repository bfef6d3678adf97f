"""A visitor who speaks HTTP/2 frame by frame, well or badly, and prints what became of it; python3-h2's frame layer."""
import socket
import sys

import hpack
from hyperframe import frame as frames

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
CODES = {0: "NO_ERROR", 1: "PROTOCOL_ERROR", 3: "FLOW_CONTROL_ERROR", 5: "STREAM_CLOSED", 6: "FRAME_SIZE_ERROR",
         7: "REFUSED_STREAM", 8: "CANCEL", 9: "COMPRESSION_ERROR", 11: "ENHANCE_YOUR_CALM"}


class Visitor:
    def __init__(self, port, settings=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.pending = b""
        self.socket.sendall(PREFACE + frames.SettingsFrame(0, settings=settings or {}).serialize())

    def head(self, stream, fields, *flags, raw=None):
        block = raw if raw is not None else self.encoder.encode(fields)
        head = frames.HeadersFrame(stream, block, flags=["END_HEADERS", *flags])
        self.socket.sendall(head.serialize())

    def send(self, *many):
        self.socket.sendall(b"".join(one.serialize() for one in many))

    def receive(self):
        """The next frame, or None at the end of the connection."""
        while True:
            if len(self.pending) >= 9:
                frame, length = frames.Frame.parse_frame_header(memoryview(self.pending[:9]))
                if len(self.pending) >= 9 + length:
                    frame.parse_body(memoryview(self.pending[9:9 + length]))
                    self.pending = self.pending[9 + length:]
                    return frame
            try:
                more = self.socket.recv(65536)
            except ConnectionError:
                return None
            if not more:
                return None
            self.pending += more

    def outcome(self, stream):
        """What the request on a stream comes to: a status, a reset, or the end of the connection."""
        while (frame := self.receive()) is not None:
            if isinstance(frame, frames.SettingsFrame) and "ACK" not in frame.flags:
                try:
                    self.send(frames.SettingsFrame(0, flags=["ACK"]))
                except ConnectionError:
                    return "closed"
            if isinstance(frame, frames.GoAwayFrame):
                return "GOAWAY " + CODES.get(frame.error_code, str(frame.error_code))
            if frame.stream_id != stream and not isinstance(frame, frames.HeadersFrame):
                continue
            if isinstance(frame, frames.HeadersFrame):
                status = dict(self.decoder.decode(frame.data))[":status"]
                if frame.stream_id == stream and status[0] != "1":
                    return status
            if isinstance(frame, frames.RstStreamFrame):
                return "RST_STREAM " + CODES.get(frame.error_code, str(frame.error_code))
        return "closed"


def request(path="/status/204", method="GET", more=(), authority="demo.localhost"):
    return [(":method", method), (":scheme", "http"), (":authority", authority), (":path", path), *more]


def malformed(port):
    """One malformed request a line, and what the edge makes of it."""
    cases = {
        "good": request(),
        "host-agrees": request(more=[("host", "demo.localhost")]),
        "host-differs": request(more=[("host", "other.localhost")]),
        "connection": request(more=[("connection", "close")]),
        "te-gzip": request(more=[("te", "gzip")]),
        "transfer-encoding": request(more=[("transfer-encoding", "chunked")]),
        "capital-name": request(more=[("X-Name", "v")]),
        "crlf-in-value": request(more=[("x-name", "v\r\nx-other: w")]),
        "crlf-in-path": request(path="/a HTTP/1.1\r\nx: y"),
        "no-path": [(":method", "GET"), (":scheme", "http"), (":authority", "demo.localhost")],
        "two-paths": request(more=[(":path", "/b")]),
        "unknown-pseudo": request(more=[(":other", "1")]),
        "bad-length": request(method="POST", more=[("content-length", "+4")]),
        "length-without-body": request(method="POST", more=[("content-length", "4")]),
        "lookalike-length": request(method="POST", more=[("content_length", "4")]),
        "plain-connect": [(":method", "CONNECT"), (":authority", "demo.localhost:443")],
        "connect-udp": [(":method", "CONNECT"), (":protocol", "connect-udp"), *request()[1:]],
    }
    for name, fields in cases.items():
        visitor = Visitor(port)
        # Without HPACK's tables, so that a capital or a line end goes out as it is.
        block = hpack.Encoder().encode([hpack.NeverIndexedHeaderTuple(*field) for field in fields], huffman=False)
        visitor.head(1, None, "END_STREAM", raw=block)
        print(name, visitor.outcome(1))


def resets(port):
    """Requests that are reset at once, until the edge has enough."""
    visitor = Visitor(port)
    try:
        for stream in range(1, 20001, 2):
            visitor.head(stream, request("/events"), "END_STREAM")
            visitor.send(frames.RstStreamFrame(stream, error_code=8))
    except ConnectionError:
        pass
    print("resets", visitor.outcome(0))


def flood(port, make, count):
    visitor = Visitor(port)
    try:
        for number in range(count):
            visitor.send(make(number))
    except ConnectionError:
        pass
    print(make.__name__, visitor.outcome(0))


def pings(number):
    return frames.PingFrame(0, opaque_data=number.to_bytes(8, "big"))


def settings(number):
    return frames.SettingsFrame(0, settings={4: 65535})


def empty_data(number):
    return frames.DataFrame(1, b"")


def continuations(port):
    """A head that never ends."""
    visitor = Visitor(port)
    block = hpack.Encoder().encode(request())
    try:
        visitor.send(frames.HeadersFrame(1, block))
        for number in range(2000):
            visitor.send(frames.ContinuationFrame(1, hpack.Encoder().encode([(f"x-{number}", "v" * 100)])))
    except ConnectionError:
        pass
    print("continuations", visitor.outcome(0))


def fields(port):
    """More fields than are allowed, each a byte on the wire."""
    visitor = Visitor(port)
    many = visitor.encoder.encode(request(more=[("x", "v")]))
    many += visitor.encoder.encode([("x", "v")]) * 5000
    visitor.head(1, None, "END_STREAM", raw=many)
    print("fields", visitor.outcome(1))


def websocket(port):
    """RFC 8441, with one echoed message."""
    visitor = Visitor(port)
    visitor.head(1, [(":method", "CONNECT"), (":protocol", "websocket"), *request("/echo")[1:],
                     ("sec-websocket-version", "13")])
    assert (status := visitor.outcome(1)) == "200", status
    said = b"hello over a stream"
    visitor.send(frames.DataFrame(1, bytes([0x81, 0x80 | len(said)]) + bytes(4) + said))
    heard = b""
    while said not in heard:
        frame = visitor.receive()
        assert frame is not None, heard
        if isinstance(frame, frames.DataFrame):
            heard += frame.data
    print("websocket", said.decode())


def small_window(port):
    """A reader with a window of 100 bytes gets its megabyte in pieces, and others do not wait for it."""
    visitor = Visitor(port, settings={4: 100})
    visitor.head(1, request("/download?bytes=1000000"), "END_STREAM")
    other = Visitor(port)
    other.head(1, request(), "END_STREAM")
    assert other.outcome(1) == "204"
    received, window = 0, 100
    while received < 1_000_000:
        frame = visitor.receive()
        assert frame is not None and not isinstance(frame, (frames.RstStreamFrame, frames.GoAwayFrame)), frame
        if isinstance(frame, frames.DataFrame):
            received += len(frame.data)
            assert len(frame.data) <= 40_000
            visitor.send(frames.WindowUpdateFrame(0, window_increment=len(frame.data) or 1),
                         frames.WindowUpdateFrame(1, window_increment=20_000))
    print("small_window", received)


port, what = int(sys.argv[1]), sys.argv[2]
if what == "floods":
    resets(port)
    for make, count in ((pings, 5000), (settings, 5000)):
        flood(port, make, count)
    continuations(port)
    fields(port)
else:
    {"malformed": malformed, "websocket": websocket, "small_window": small_window}[what](port)
