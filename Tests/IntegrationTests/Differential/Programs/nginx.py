"""Runs nginx as a reverse proxy on loopback, as strict and as transparent as it can be."""
import pathlib
import socket
import subprocess
import tempfile
import time

CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors crit;
events {{ worker_connections 1024; }}
http {{
    access_log off; server_tokens off;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    client_header_timeout 1s; client_body_timeout 1s; large_client_header_buffers 4 16k;
    server {{
        listen 127.0.0.1:{port}; underscores_in_headers on; ignore_invalid_headers off;
        location / {{
            proxy_pass http://127.0.0.1:{origin}; proxy_http_version 1.1; proxy_request_buffering off;
            proxy_buffering off; proxy_set_header Host $http_host; proxy_set_header Connection "";
            proxy_next_upstream off; proxy_read_timeout 2s; proxy_pass_request_headers on;
        }}
    }}
}}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener: return listener.getsockname()[1]


class Nginx:
    """Ended by `close`, with its folder."""

    def __init__(self, origin):
        self.folder = tempfile.TemporaryDirectory()
        for _ in range(3):
            # nginx cannot choose a free port itself; should somebody take it meanwhile, another is tried.
            self.port = free_port()
            text = CONFIGURATION.format(folder=self.folder.name, port=self.port, origin=origin)
            path = pathlib.Path(self.folder.name, "nginx.conf")
            path.write_text(text)
            command = ["/usr/sbin/nginx", "-e", f"{self.folder.name}/errors", "-c", str(path)]
            # It dies with this program, whatever that dies of.
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command])
            if self.listens(): return
        raise RuntimeError("nginx does not start: " + pathlib.Path(self.folder.name, "errors").read_text())

    def listens(self):
        end = time.monotonic() + 10
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.02)
        return False

    def close(self):
        # Not asked politely: it may have inherited a mask that keeps other signals from it.
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()
