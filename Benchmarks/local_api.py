"""The local API of a running agent, over its Unix socket."""

import http.client
import json
import socket

from processes import Failure


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("agent", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def ask(path, method, target, body=None):
    """One request on a connection of its own; returns what the answer's JSON says, and fails when it is a refusal."""
    connection = Connection(path)
    try:
        connection.request(method, target, json.dumps(body) if body else None,
                           {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        text = answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise Failure(f"the agent does not answer {method} {target}: {error}") from error
    finally:
        connection.close()
    if answer.status not in (200, 201):
        raise Failure(f"{method} {target} was answered with {answer.status}: {text[:200]}")
    return json.loads(text)


def add(path, name, target):
    """Serves another endpoint under a name; returns once the edge has said yes."""
    status = ask(path, "POST", "/v1/endpoints", {"name": name, "hostname": name, "target": target})
    if status["state"] != "serving":
        raise Failure(f"{name} is not served but {status['state']}")


def remove(path, name):
    ask(path, "DELETE", f"/v1/endpoints/{name}")
