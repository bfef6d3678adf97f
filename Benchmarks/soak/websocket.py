"""A visitor over a WebSocket (RFC 6455) who checks what is echoed."""

import base64
import hashlib
import os

from ledger import Corrupt, Refused

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
FINAL = 0x80
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def masked(payload, mask):
    """RFC 6455, 5.3; as one large number, since a loop over bytes would cost more than what is tested."""
    repeated = (mask * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(payload), "big")


def frame(opcode, payload, mask):
    """One final frame of a client."""
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 1 << 16:
        length = bytes([0x80 | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([0x80 | 127]) + size.to_bytes(8, "big")
    return bytes([FINAL | opcode]) + length + mask + masked(payload, mask)


class WebSocket:
    """Speaks on a connection that somebody else closes."""

    def __init__(self, connection, host):
        self._connection = connection
        key = base64.b64encode(os.urandom(16))
        connection.send(
            b"GET /echo HTTP/1.1\r\nHost: " + host.encode() + b"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: " + key + b"\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        status, fields = connection.head()
        if status != 101:
            raise Refused(status)
        proof = base64.b64encode(hashlib.sha1(key + MAGIC).digest()).decode()
        if fields.get("sec-websocket-accept") != proof:
            raise Corrupt("not the proof that was asked for")

    def echo(self, opcode, payload):
        """Says something and checks that the same comes back."""
        self._connection.send(frame(opcode, payload, os.urandom(4)))
        self._expect(PONG if opcode == PING else opcode, payload)

    def end(self):
        """The closing handshake."""
        code = (1000).to_bytes(2, "big")
        self._connection.send(frame(CLOSE, code, os.urandom(4)))
        self._expect(CLOSE, code)

    def _expect(self, opcode, payload):
        first, second = self._connection.read(2)
        size = second & 0x7F
        if size == 126:
            size = int.from_bytes(self._connection.read(2), "big")
        elif size == 127:
            size = int.from_bytes(self._connection.read(8), "big")
        if size > len(payload) and opcode != CLOSE:
            raise Corrupt(f"a frame of {size} bytes, where {len(payload)} were said")
        came = self._connection.read(size)
        if first != FINAL | opcode or came != payload:
            raise Corrupt(f"frame {first:#x} with {size} bytes, where {opcode:#x} with {len(payload)} was said")
