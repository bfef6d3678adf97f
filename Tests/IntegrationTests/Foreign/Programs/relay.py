"""Passes TCP connections on to a port of this machine, and says what came by and when.

usage: relay.py PORT [client]

Prints its own port as JSON, and then a line for each piece that the server sent (or the client, which is where an
agent's answers come from): the time, the length, and how many events of a text/event-stream it holds.
"""
import json
import socket
import sys
import threading
import time

target = int(sys.argv[1])
watches_client = sys.argv[2:] == ["client"]
lines = threading.Lock()


def pump(source, sink, watched):
    try:
        while piece := source.recv(65536):
            if watched:
                with lines:
                    print(f"{time.time():.6f} {len(piece)} {piece.count(b'data:')}", flush=True)
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        sink.close()


listener = socket.create_server(("127.0.0.1", 0))
print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", target))
    for end in (client, server):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=pump, args=(client, server, watches_client), daemon=True).start()
    threading.Thread(target=pump, args=(server, client, not watches_client), daemon=True).start()
