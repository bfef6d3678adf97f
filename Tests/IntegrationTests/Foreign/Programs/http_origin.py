"""An HTTP/1.1 server of the standard library: a git server under /git/, a registry for blobs under /v2/.

usage: http_origin.py FOLDER      Prints its port as JSON, and then a line for each body that came in chunks.
"""
import hashlib
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import uuid

folder = sys.argv[1]
uploads = {}
lines = threading.Lock()


def say(line):
    with lines:
        print(line, flush=True)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def body(self):
        """The request's body piece by piece, whichever way it is framed."""
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            say(f"chunked {self.command} {self.path.partition('?')[0]}")
            while size := int(self.rfile.readline().split(b";")[0], 16):
                while size:
                    piece = self.rfile.read(min(size, 65536))
                    size -= len(piece)
                    yield piece
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return
        size = int(self.headers.get("content-length", 0))
        while size:
            piece = self.rfile.read(min(size, 65536))
            size -= len(piece)
            yield piece

    def answer(self, status, fields=(), body=b""):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def serve(self):
        path = self.path.partition("?")[0]
        if path.startswith("/git/"):
            return self.git(path)
        if path.startswith("/v2/"):
            return self.registry(path)
        for _ in self.body():
            pass
        self.answer(404)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = serve

    # git http-backend, as CGI (RFC 3875)

    def git(self, path):
        environment = dict(
            os.environ,
            GIT_PROJECT_ROOT=folder,
            GIT_HTTP_EXPORT_ALL="1",
            PATH_INFO=path.removeprefix("/git"),
            QUERY_STRING=self.path.partition("?")[2],
            REQUEST_METHOD=self.command,
            CONTENT_TYPE=self.headers.get("content-type", ""),
            HTTP_CONTENT_ENCODING=self.headers.get("content-encoding", ""),
            GIT_PROTOCOL=self.headers.get("git-protocol", ""),
        )
        if "content-length" in self.headers:
            environment["CONTENT_LENGTH"] = self.headers["content-length"]
        backend = subprocess.Popen(
            ["git", "http-backend"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        for piece in self.body():
            backend.stdin.write(piece)
        backend.stdin.close()
        status, fields = 200, []
        while line := backend.stdout.readline().strip().decode():
            name, value = line.split(": ", 1)
            if name.lower() == "status":
                status = int(value.split()[0])
            else:
                fields.append((name, value))
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while piece := backend.stdout.read1(65536):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")
        backend.wait()

    # The part of the registry API of the Open Container Initiative that uploads and fetches blobs

    def registry(self, path):
        if self.command == "POST":
            for _ in self.body():
                pass
            name = uuid.uuid4().hex
            uploads[name] = (hashlib.sha256(), open(f"{folder}/{name}", "wb"))
            return self.answer(202, [("Location", f"/v2/test/blobs/uploads/{name}"), ("Range", "0-0")])
        name = path.rsplit("/", 1)[-1]
        if self.command == "PATCH":
            return self.append(name)
        if self.command == "PUT":
            return self.complete(name)
        self.fetch(name)

    def append(self, name):
        digest, file = uploads[name]
        wanted = re.fullmatch(r"(\d+)-(\d+)", self.headers.get("content-range", ""))
        if wanted and int(wanted[1]) != file.tell():
            for _ in self.body():
                pass
            return self.answer(416, [("Range", f"0-{max(0, file.tell() - 1)}")])
        for piece in self.body():
            digest.update(piece)
            file.write(piece)
        if wanted and int(wanted[2]) + 1 != file.tell():
            return self.answer(400)
        self.answer(202, [("Location", self.path), ("Range", f"0-{file.tell() - 1}")])

    def complete(self, name):
        digest, file = uploads.pop(name)
        for piece in self.body():
            digest.update(piece)
            file.write(piece)
        file.close()
        said = f"sha256:{digest.hexdigest()}"
        if f"digest={said}" not in self.path:
            return self.answer(400, body=said.encode())
        os.rename(file.name, f"{folder}/{said}")
        self.answer(201, [("Location", f"/v2/test/blobs/{said}"), ("Docker-Content-Digest", said)])

    def fetch(self, name):
        try:
            file = open(f"{folder}/{name}", "rb")
        except FileNotFoundError:
            return self.answer(404)
        with file:
            self.send_response(200)
            self.send_header("Content-Length", str(os.fstat(file.fileno()).st_size))
            self.end_headers()
            while self.command == "GET" and (piece := file.read(65536)):
                self.wfile.write(piece)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
say(json.dumps({"port": server.server_port}))
server.serve_forever()
