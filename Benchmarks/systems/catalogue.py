"""Every system by name, in the order of their turns."""

from systems import System
from systems import optional, ours, proxies, ssh

OURS, PAIR = "ours", "nghttpx"

HAPROXY_STALLS = "with windows larger than its buffers one slow reader stops everybody on the connection"

SYSTEMS = [
    System(OURS, "osm-proxy and osm-agent, which records nothing", [], ours.start),
    System("ours-inspected", "the same with the inspector on", [], ours.start_with_inspector, on_request=True),
    System("nginx", "the origin itself, nothing before it", ["nginx"], proxies.start_nginx, is_tunnel=False,
           versions=[["nginx", "-v"]]),
    System(PAIR, "nghttpx, HTTP/2 in TLS, nghttpx", ["nghttpx"], proxies.start_nghttpx,
           versions=[["nghttpx", "--version"]]),
    System("haproxy", "haproxy, HTTP/2 in TLS, haproxy; 64 KiB buffers and frames", ["haproxy"], proxies.start_haproxy,
           unfit=dict.fromkeys(("stalled", "slow_readers"), HAPROXY_STALLS), versions=[["haproxy", "-v"]]),
    System("ssh", "ssh -R with aes128-gcm", ["ssh", "/usr/sbin/sshd", "ssh-keygen"], ssh.start,
           versions=[["ssh", "-V"]]),
    System("caddy", "Caddy, HTTP/2 in TLS, Caddy", ["caddy"], proxies.start_caddy, versions=[["caddy", "version"]]),
    System("rathole", "rathole with TLS", ["rathole"], optional.start_rathole, is_optional=True,
           versions=[["rathole", "--version"]]),
    System("frp", "frp, TCP proxy in TLS", ["frps", "frpc"], optional.start_frp, is_optional=True,
           versions=[["frps", "--version"]]),
    System("chisel", "chisel", ["chisel"], optional.start_chisel, is_optional=True, versions=[["chisel", "--version"]]),
    System("bore", "bore, without encryption", ["bore"], optional.start_bore, is_optional=True,
           versions=[["bore", "--version"]]),
]
