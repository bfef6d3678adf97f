"""A visitor who says one thing over a WebSocket (RFC 6455) and prints what comes back; standard library only."""
import base64
import hashlib
import os
import socket
import sys

port = int(sys.argv[1])
said = b"hello through the tunnel"
key = base64.b64encode(os.urandom(16)).decode()
visitor = socket.create_connection(("127.0.0.1", port), timeout=20)
# The first message goes out with the request, as impatient clients do; nothing of it may be lost.
mask = os.urandom(4)
frame = bytes([0x81, 0x80 | len(said)]) + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(said))
request = (
    f"GET /echo HTTP/1.1\r\nHost: demo.localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
visitor.sendall(request.encode() + frame)

stream = visitor.makefile("rb")
status = stream.readline()
assert status.startswith(b"HTTP/1.1 101 "), status
fields = {}
while (line := stream.readline().rstrip(b"\r\n")):
    name, value = line.split(b":", 1)
    fields[name.lower()] = value.strip()
proof = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
assert fields[b"sec-websocket-accept"] == base64.b64encode(proof), fields

while True:
    opcode, length = stream.read(2)
    body = stream.read(length & 0x7F)
    if opcode == 0x81 and body.endswith(said):
        print(said.decode())
        break
# A closing handshake: ours, then the origin's, then the end of the connection.
visitor.sendall(bytes([0x88, 0x82]) + mask + bytes(byte ^ mask[i] for i, byte in enumerate((1000).to_bytes(2, "big"))))
while (head := stream.read(2)) and head[0] != 0x88:
    stream.read(head[1] & 0x7F)
assert head, "no closing frame came back"
