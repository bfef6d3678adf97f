#!/usr/bin/env python3
"""Serves a folder on loopback for the installer's tests, over HTTP and HTTPS, and misbehaves where a path says so.

usage: installer-server.py FOLDER CERTIFICATE PORTS-FILE

/slow/... sends a part of the agent and then nothing, /cut/... sends a part and leaves, /moved/... redirects,
/portal/... answers every question with a page.
"""

import http.server
import os
import ssl
import sys
import threading

folder, certificate, ports_file = sys.argv[1:]
PAGE = b"<html>Please log in to use this network.</html>\n"


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def __init__(self, *arguments):
        super().__init__(*arguments, directory=folder)

    def do_GET(self):
        manner = self.path.split("/")[1]
        if manner == "moved":
            self.send_response(302)
            self.send_header("Location", self.path.replace("/moved/", "/good/"))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif manner == "portal":
            self.send_response(200)
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)
        elif manner in ("slow", "cut") and "osm-agent" in self.path:
            self.part(wait=manner == "slow")
        else:
            super().do_GET()

    def part(self, wait):
        path = self.translate_path(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(os.path.getsize(path)))
        self.end_headers()
        with open(path, "rb") as file:
            self.wfile.write(file.read(100_000))
        if wait:
            self.connection.recv(1)  # until the visitor leaves or the timeout passes
        self.close_connection = True

    def log_message(self, *arguments):
        pass


def serve(context):
    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            """A visitor that leaves is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever).start()
    return server.server_address[1]


tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate)
ports = f"{serve(None)} {serve(tls)}\n"
with open(ports_file + ".new", "w") as file:
    file.write(ports)
os.rename(ports_file + ".new", ports_file)
