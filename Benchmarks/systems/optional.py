"""Tunnels that take part where somebody has put them on the PATH.

Their settings are written from their documents and have not been run by us: one that does not start is named and left
out. bore has no TLS; the others are encrypted.
"""

from processes import free_port
from systems import Endpoint
from systems.proxies import answers, write

RATHOLE_SERVER = """
[server]
bind_addr = "127.0.0.1:@CONTROL@"
default_token = "bench"
[server.transport]
type = "tls"
[server.transport.tls]
pkcs12 = "@ARCHIVE@"
pkcs12_password = "bench"
[server.services.web]
bind_addr = "127.0.0.1:@PORT@"
"""

RATHOLE_CLIENT = """
[client]
remote_addr = "127.0.0.1:@CONTROL@"
default_token = "bench"
[client.transport]
type = "tls"
[client.transport.tls]
trusted_root = "@CERTIFICATE@"
hostname = "localhost"
[client.services.web]
local_addr = "127.0.0.1:@ORIGIN@"
"""

FRP_SERVER = """
bindAddr = "127.0.0.1"
bindPort = @CONTROL@
proxyBindAddr = "127.0.0.1"
transport.tls.force = true
"""

FRP_CLIENT = """
serverAddr = "127.0.0.1"
serverPort = @CONTROL@
[[proxies]]
name = "web"
type = "tcp"
localIP = "127.0.0.1"
localPort = @ORIGIN@
remotePort = @PORT@
"""


def pair(setup, name, control, port, server, client):
    processes = setup.processes
    proxy = processes.start(f"{name}-server", server)
    processes.listens(proxy, control)
    agent = processes.start(f"{name}-client", client)
    return answers(processes, Endpoint(port, "localhost", {"proxy": proxy, "agent": agent}), name)


def start_rathole(setup):
    control, port = free_port(), free_port()
    archive = f"{setup.processes.folder}/rathole.pfx"
    setup.processes.run("pkcs12", ["openssl", "pkcs12", "-export", "-out", archive, "-inkey", setup.key, "-in",
                                   setup.certificate, "-passout", "pass:bench"])
    words = dict(control=control, port=port, archive=archive, certificate=setup.certificate, origin=setup.origin_port)
    return pair(setup, "rathole", control, port,
                ["rathole", "--server", write(setup, "rathole-server.toml", RATHOLE_SERVER, **words)],
                ["rathole", "--client", write(setup, "rathole-client.toml", RATHOLE_CLIENT, **words)])


def start_frp(setup):
    control, port = free_port(), free_port()
    words = dict(control=control, port=port, origin=setup.origin_port)
    return pair(setup, "frp", control, port, ["frps", "-c", write(setup, "frps.toml", FRP_SERVER, **words)],
                ["frpc", "-c", write(setup, "frpc.toml", FRP_CLIENT, **words)])


def start_chisel(setup):
    control, port = free_port(), free_port()
    return pair(setup, "chisel", control, port,
                ["chisel", "server", "--host", "127.0.0.1", "--port", control, "--reverse"],
                ["chisel", "client", f"http://127.0.0.1:{control}",
                 f"R:127.0.0.1:{port}:127.0.0.1:{setup.origin_port}"])


def start_bore(setup):
    control, port = 7835, free_port()  # bore has no other control port
    return pair(setup, "bore", control, port,
                ["bore", "server", "--bind-addr", "127.0.0.1", "--min-port", port, "--max-port", port],
                ["bore", "local", setup.origin_port, "--to", "127.0.0.1", "--port", port])
