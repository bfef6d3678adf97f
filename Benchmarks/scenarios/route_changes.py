"""How soon visitors meet a name that an agent adds, and miss one that it removes, while another name is under load."""

import threading
import time

import h2load
import local_api
from figures import percentile
from processes import Failure
from visitor import ask, connect, discard_body, read_head

CONNECTIONS = 16
PACE = 0.1  # an edge takes 300 messages in 10 s from an agent, and a change of both kinds is two
PATIENCE = 10
BURST = 200  # requests on each connection, after which it is seen that all were answered
NAME = "growth-change"


def status_of(ladder, host):
    """What a new visitor is answered."""
    with connect(ladder.ports["visitor"], PATIENCE) as visitor:
        ask(visitor, host, "/small", fields="Connection: close\r\n")
        status, length, rest = read_head(visitor)
        discard_body(visitor, length or 0, rest)
    return status


class Side(threading.Thread):
    """Work beside what is measured; `result` gives what it returned, or fails as it did."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.value, self.error = work, None, None
        self.start()

    def run(self):
        try:
            self.value = self.work()
        except Exception as error:  # whatever it is, somebody waits for the result
            self.error = error

    def result(self):
        self.join(60)
        if self.is_alive():
            raise Failure("a command to an agent did not end")
        if self.error:
            raise Failure(f"{type(self.error).__name__}: {self.error}") from self.error
        return self.value


def timed(work):
    began = time.monotonic()
    work()
    return (time.monotonic() - began) * 1000


def change(ladder, command, is_done):
    """Milliseconds from the start of a command to the end of the first answer that shows it, and to its own answer."""
    began, host = time.monotonic(), ladder.host(NAME)
    said = Side(lambda: timed(command))
    while not is_done(status_of(ladder, host)):
        if time.monotonic() - began > PATIENCE:
            raise Failure(f"a change was not seen by visitors within {PATIENCE} s")
        time.sleep(0.001)
    seen = (time.monotonic() - began) * 1000
    return seen, said.result()


def visit(ladder, host, seconds):
    """Visits a name for some seconds; fails unless every request is answered. Returns how many there were."""
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        count += h2load.run(ladder.ports["visitor"], host, "/small", CONNECTIONS, BURST, PATIENCE)["requests"]
    return count


def change_routes(ladder, seconds):
    """Adds a name and removes it again while another name of the same agent is visited."""
    agent = ladder.agents[0]
    target = f"127.0.0.1:{ladder.setup.origin_port}"
    load = Side(lambda: visit(ladder, ladder.host(agent.names[0]), seconds))
    added, said, removed = [], [], []
    while load.is_alive():
        due = time.monotonic() + PACE
        seen, answered = change(ladder, lambda: local_api.add(agent.socket, NAME, target), lambda status: status == 200)
        added.append(seen)
        said.append(answered)
        removed.append(change(ladder, lambda: local_api.remove(agent.socket, NAME), lambda status: status != 200)[0])
        time.sleep(max(0.0, due - time.monotonic()))
    return {"changes": len(added), "load_requests": load.result(),
            **{f"{kind}_{key}": round(percentile(values, share), 2)
               for kind, values in (("add", added), ("add_said", said), ("remove", removed))
               for key, share in (("ms", 0.5), ("p99_ms", 0.99))}}
