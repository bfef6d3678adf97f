"""A proxy that lets every CONNECT through and opens the TLS within, as some companies' proxies do.

Its two arguments are the files of a certificate and of its key.
"""

import json
import socket
import ssl
import sys
import threading

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])


def serve(client):
    asked = b""
    while b"\r\n\r\n" not in asked:
        piece = client.recv(4096)
        if not piece:
            return
        asked += piece
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    try:
        with context.wrap_socket(client, server_side=True) as opened:
            opened.recv(4096)
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", 0))
print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
