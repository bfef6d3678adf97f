"""The origin that every system serves: one nginx, and a companion behind it for what nginx does not do."""

import os

from processes import free_port, program, wait_until
from visitor import LARGE, MEDIUM, SMALL, serves

# Uploads are read to their end by the companion, for nginx by itself answers before it has read them.
CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr warn;
events {{ worker_connections 32768; }}
http {{
    access_log off; server_tokens off; default_type application/octet-stream;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    sendfile on; tcp_nopush on; open_file_cache max=16 inactive=1h;
    keepalive_timeout 1h; keepalive_requests 1000000000; client_max_body_size 0;
    client_body_timeout 1h; send_timeout 1h;
    upstream companion {{ server unix:{folder}/companion.sock; keepalive 64; }}
    server {{
        listen 127.0.0.1:{port} backlog=8192;
        location / {{ root {folder}/files; }}
        location /upload {{
            proxy_pass http://companion; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_request_buffering off; client_body_buffer_size 256k;
        }}
        location /events {{
            proxy_pass http://companion; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_buffering off; proxy_read_timeout 1h;
        }}
    }}
}}
"""


def write_file(path, content):
    with open(path, "wb") as file:
        file.write(content)


def start(processes):
    """Returns the port of the origin when it answers."""
    folder, port = processes.folder, free_port()
    os.makedirs(f"{folder}/files", exist_ok=True)
    write_file(f"{folder}/files/small", b"x" * SMALL)
    write_file(f"{folder}/files/medium", os.urandom(MEDIUM))
    write_file(f"{folder}/files/large", os.urandom(LARGE))  # nobody can compress it
    write_file(f"{folder}/nginx.conf", CONFIGURATION.format(folder=folder, port=port).encode())
    companion = processes.start("companion", [*program("companion.py"), f"{folder}/companion.sock"], pipe=True)
    companion.first_line(10)
    nginx = processes.start("origin", ["nginx", "-e", "stderr", "-p", folder, "-c", f"{folder}/nginx.conf"])
    processes.listens(nginx, port)
    wait_until(10, lambda: serves(port, "origin"), "the origin answers")
    return port, nginx
