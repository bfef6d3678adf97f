"""Carries TCP connections to the port that a file names at the moment when each of them is made."""
import socket
import sys
import threading


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):
            end.close()


def carry(client, path):
    with open(path) as file:
        port = int(file.read())
    try:
        server = socket.create_connection(("127.0.0.1", port), 10)
    except OSError:
        client.close()
        return
    for source, sink in ((client, server), (server, client)):
        threading.Thread(target=pump, args=(source, sink), daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0), backlog=64)
print('{"port":%d}' % listener.getsockname()[1], flush=True)
while True:
    carry(listener.accept()[0], sys.argv[1])
