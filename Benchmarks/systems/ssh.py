"""`ssh -R` with AES-GCM, to an sshd of its own with keys of its own: no setting of this machine's sshd plays a part."""

import getpass
import os

from processes import free_port
from systems import Endpoint
from systems.proxies import answers, write

SERVER = """
ListenAddress 127.0.0.1:@PORT@
HostKey @FOLDER@/ssh-host
AuthorizedKeysFile @FOLDER@/ssh-user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowTcpForwarding remote
GatewayPorts no
Ciphers aes128-gcm@openssh.com
Compression no
LogLevel ERROR
"""

PRIVILEGE_SEPARATION = "/run/sshd"  # sshd wants it when root starts it, and the package makes it at boot only


def make_keys(setup):
    folder = setup.processes.folder
    for name in ("ssh-host", "ssh-user"):
        if not os.path.exists(f"{folder}/{name}"):
            setup.processes.run("ssh-keygen", ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{name}"])


def start(setup):
    processes, folder, server_port, port = setup.processes, setup.processes.folder, free_port(), free_port()
    make_keys(setup)
    if os.geteuid() == 0:
        os.makedirs(PRIVILEGE_SEPARATION, mode=0o755, exist_ok=True)
    configuration = write(setup, "sshd_config", SERVER, port=server_port, folder=folder)
    known = write(setup, "ssh-known", "[127.0.0.1]:@PORT@ @KEY@", port=server_port, key=public_key(folder))
    server = processes.start("sshd", ["/usr/sbin/sshd", "-D", "-e", "-f", configuration])
    processes.listens(server, server_port)
    client = processes.start("ssh", [
        "ssh", "-F", "/dev/null", "-N", "-p", server_port, "-i", f"{folder}/ssh-user", "-l", getpass.getuser(),
        "-o", f"UserKnownHostsFile={known}", "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes",
        "-o", "BatchMode=yes", "-o", "ExitOnForwardFailure=yes", "-o", "Compression=no",
        "-o", "Ciphers=aes128-gcm@openssh.com", "-o", "ControlPath=none",
        "-R", f"127.0.0.1:{port}:127.0.0.1:{setup.origin_port}", "127.0.0.1"])
    return answers(processes, Endpoint(port, "localhost", {"proxy": server, "agent": client}), "ssh -R")


def public_key(folder):
    with open(f"{folder}/ssh-host.pub", encoding="utf-8") as file:
        return " ".join(file.read().split()[:2])
