"""A service that takes every request and answers none."""

import json
import socket

listener = socket.create_server(("127.0.0.1", 0))
print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
taken = []
while True:
    taken.append(listener.accept())
