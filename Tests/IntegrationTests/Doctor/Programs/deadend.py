"""A port where every connection hangs: its queue is full, and nobody takes anything from it."""

import json
import socket
import sys
import time

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(0)
address = listener.getsockname()
waiting = []
while True:
    client = socket.socket()
    client.settimeout(0.3)
    try:
        client.connect(address)
    except TimeoutError:
        break
    waiting.append(client)
print(json.dumps({"port": address[1]}), flush=True)
time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 300)
