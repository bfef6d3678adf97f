"""Proxies in pairs that do the same job: HTTP/1.1 in, HTTP/2 in TLS 1.3 with AES-128-GCM between them, HTTP/1.1 out.

Each of them has large windows and buffers, and but for Caddy one thread for its work, as osm-proxy and osm-agent have.
None of them writes down requests, as osm-proxy does not. haproxy is told to pass small pieces at once, else it holds
events back for 200 ms.
"""

from processes import free_port, wait_until
from systems import Endpoint
from visitor import serves

CIPHER = "TLS_AES_128_GCM_SHA256"
STREAM_WINDOW = 4 * 1024 * 1024
CONNECTION_WINDOW = 2 ** 31 - 1  # what nghttpx itself has as the default of one side
STREAMS = 1000

HAPROXY = f"""
global
    nbthread 1
    maxconn 8192
    tune.bufsize 65536
    tune.h2.max-frame-size 65536
    tune.h2.initial-window-size {STREAM_WINDOW}
    tune.h2.max-concurrent-streams {STREAMS}
    ssl-default-bind-ciphersuites {CIPHER}
    ssl-default-server-ciphersuites {CIPHER}
defaults
    mode http
    option http-keep-alive
    option http-no-delay
    http-reuse always
    timeout connect 10s
    timeout client 1h
    timeout server 1h
    timeout http-keep-alive 1h
frontend visitors
    bind 127.0.0.1:@LISTEN@
    default_backend next
backend next
    server one 127.0.0.1:@NEXT@
"""

# Certificates are checked by name where the program can be told to take this one; nobody else has its key.
CADDY = """
{
    admin off
    auto_https off
}
http://127.0.0.1:@EDGE@ {
    reverse_proxy https://localhost:@INNER@ {
        flush_interval -1
        transport http {
            versions 2
            tls_trusted_ca_certs @CERTIFICATE@
        }
    }
}
"""

CADDY_INNER = """
{
    admin off
    auto_https off
}
https://:@INNER@ {
    bind 127.0.0.1
    tls @CERTIFICATE@ @KEY@
    reverse_proxy 127.0.0.1:@ORIGIN@ {
        flush_interval -1
    }
}
"""


def answers(processes, endpoint, name, seconds=15):
    for process in endpoint.processes:
        processes.listens(process, endpoint.port, seconds)
    wait_until(seconds, lambda: serves(endpoint.port, endpoint.host), f"{name} answers")
    return endpoint


def write(setup, name, template, **words):
    path = f"{setup.processes.folder}/{name}"
    for word, value in words.items():
        template = template.replace(f"@{word.upper()}@", str(value))
    with open(path, "w", encoding="utf-8") as file:
        file.write(template)
    return path


def start_nginx(setup):
    """The origin itself, without anything before it."""
    return Endpoint(setup.origin_port, "origin", {"origin": setup.origin})


def start_nghttpx(setup):
    processes, inner_port, port = setup.processes, free_port(), free_port()
    common = ["nghttpx", "--conf=/dev/null", "--workers=1", "--errorlog-file=/dev/stderr",
              f"--frontend-http2-window-size={STREAM_WINDOW}", f"--backend-http2-window-size={STREAM_WINDOW}",
              f"--frontend-http2-connection-window-size={CONNECTION_WINDOW}",
              f"--backend-http2-connection-window-size={CONNECTION_WINDOW}",
              f"--frontend-http2-max-concurrent-streams={STREAMS}", f"--tls13-ciphers={CIPHER}",
              f"--tls13-client-ciphers={CIPHER}", "--tls-min-proto-version=TLSv1.3", "--frontend-keep-alive-timeout=1h",
              "--frontend-read-timeout=1h", "--backend-read-timeout=1h", "--stream-write-timeout=1h",
              "--frontend-write-timeout=1h", "--backend-write-timeout=1h"]
    agent = processes.start("nghttpx-agent", [
        *common, "--no-ocsp", f"-f127.0.0.1,{inner_port}", f"-b127.0.0.1,{setup.origin_port}", setup.key,
        setup.certificate])
    processes.listens(agent, inner_port)
    proxy = processes.start("nghttpx-proxy", [
        *common, "--insecure", f"-f127.0.0.1,{port};no-tls", f"-b127.0.0.1,{inner_port};;tls;proto=h2;sni=localhost"])
    return answers(processes, Endpoint(port, "localhost", {"proxy": proxy, "agent": agent}), "nghttpx")


def start_haproxy(setup):
    processes, inner_port, port = setup.processes, free_port(), free_port()
    both = f"{processes.folder}/haproxy.pem"
    with open(both, "w", encoding="utf-8") as file:
        for part in (setup.certificate, setup.key):
            with open(part, encoding="utf-8") as source:
                file.write(source.read())
    inner = write(setup, "haproxy-agent.cfg", HAPROXY, listen=f"{inner_port} ssl crt {both} alpn h2",
                  next=setup.origin_port)
    outer = write(setup, "haproxy-proxy.cfg", HAPROXY, listen=port,
                  next=f"{inner_port} ssl verify required ca-file {setup.certificate} verifyhost localhost alpn h2")
    agent = processes.start("haproxy-agent", ["haproxy", "-db", "-f", inner])
    processes.listens(agent, inner_port)
    proxy = processes.start("haproxy-proxy", ["haproxy", "-db", "-f", outer])
    return answers(processes, Endpoint(port, "localhost", {"proxy": proxy, "agent": agent}), "haproxy")


def start_caddy(setup):
    processes, inner_port, port = setup.processes, free_port(), free_port()
    words = dict(edge=port, inner=inner_port, origin=setup.origin_port, certificate=setup.certificate, key=setup.key)
    home = {"HOME": processes.folder, "XDG_CONFIG_HOME": processes.folder, "XDG_DATA_HOME": processes.folder}
    pair = {}
    for role, template, listens in (("agent", CADDY_INNER, inner_port), ("proxy", CADDY, port)):
        path = write(setup, f"caddy-{role}", template, **words)
        command = ["caddy", "run", "--config", path, "--adapter", "caddyfile"]
        pair[role] = processes.start(f"caddy-{role}", command, environment=home)
        processes.listens(pair[role], listens)
    return answers(processes, Endpoint(port, f"127.0.0.1:{port}", pair), "caddy")
