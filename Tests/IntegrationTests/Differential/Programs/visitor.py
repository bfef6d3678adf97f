"""Sends bytes as they are and reads what comes back, exactly or as the bytes that they are."""
import re
import socket
import time

# A proxy that has said nothing for so long waits for more: it has not taken the message.
QUIET = 2.5
LONGEST = 12
STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9][0-9]) [^\x00-\x08\x0a-\x1f\x7f]*")
FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*")


def send(port, wire):
    """All that comes back until the end of the connection; the second value is whether that was a good end."""
    end = time.monotonic() + LONGEST
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=QUIET) as connection:
        try:
            connection.sendall(wire)
        except OSError:
            pass  # refused early; its answer may still be there
        try:
            while time.monotonic() < end:
                data = connection.recv(65536)
                if not data: return answer, True
                answer += data
        except TimeoutError:
            return answer, False
        except OSError:
            return answer, False
    return answer, False


def head_of(data):
    """Status and fields of a head, and what follows it; ValueError when it is not exact."""
    head, mark, rest = data.partition(b"\r\n\r\n")
    if not mark: raise ValueError("no whole head")
    first, *lines = head.split(b"\r\n")
    line, fields = STATUS_LINE.fullmatch(first), [FIELD.fullmatch(one) for one in lines]
    if not line or None in fields: raise ValueError(f"malformed head {head!r}")
    return int(line[1]), [(field[1].lower(), field[2]) for field in fields], rest


def chunks_of(data):
    """The body of chunks, and whether it is whole."""
    body = b""
    while True:
        line, mark, data = data.partition(b"\r\n")
        if not mark: return body, False
        if not re.fullmatch(rb"[0-9a-fA-F]+", line): raise ValueError(f"malformed chunk size {line!r}")
        size = int(line, 16)
        if size == 0:
            trailers, mark, rest = (b"\r\n" + data).partition(b"\r\n\r\n")
            if rest: raise ValueError("bytes behind the end")
            if not all(FIELD.fullmatch(one) for one in trailers.split(b"\r\n")[1:]): raise ValueError("malformed trailer")
            return body, bool(mark)
        body += data[:size]
        if len(data) < size + 2: return body, False
        if data[size:size + 2] != b"\r\n": raise ValueError("malformed chunk end")
        data = data[size + 2:]


def response_of(data, is_head, ended):
    """One response, read exactly: status, fields, body and whether it is whole."""
    status, fields, rest = head_of(data)
    while status < 200: status, fields, rest = head_of(rest)
    lengths = [value for name, value in fields if name == b"content-length"]
    codings = [value for name, value in fields if name == b"transfer-encoding"]
    if len(lengths) + len(codings) > 1: raise ValueError("two framings")
    if is_head or status in (204, 304):
        if rest: raise ValueError("a body where none may be")
        return status, fields, b"", True
    if codings:
        if codings[0].lower() != b"chunked": raise ValueError("another coding")
        return status, fields, *chunks_of(rest)
    if not lengths: return status, fields, rest, ended
    if not lengths[0].isdigit(): raise ValueError("malformed length")
    if len(rest) > int(lengths[0]): raise ValueError("bytes behind the end")
    return status, fields, rest, len(rest) == int(lengths[0])
