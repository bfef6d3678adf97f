"""Visitors of two edges, as a load balancer sends them, until a file appears: an edge that takes no connection, says
that it is going or has just been started (503) is passed over; a request is lost when no edge serves it, or an answer is
cut."""
import http.client
import os
import sys
import threading

PORTS = [int(port) for port in sys.argv[1:3]]
stopping = threading.Event()
lock = threading.Lock()
served = 0
lost = []


def ask(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.connect()
    except OSError:
        return None  # nobody listens: the next edge
    try:
        connection.request("GET", "/download?bytes=20000", headers={"Host": "demo.localhost"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == 503:
            return None
        if answer.status == 200 and len(body) == 20000:
            return True
        return f"{answer.status} with {len(body)} bytes"
    except (OSError, http.client.HTTPException) as problem:
        # A connection that the edge closed without a byte of an answer was never taken up.
        if isinstance(problem, (http.client.RemoteDisconnected, ConnectionResetError)):
            return None
        return repr(problem)
    finally:
        connection.close()


def visit(turn):
    global served
    while not stopping.is_set():
        turn += 1
        outcomes = []
        for step in range(2):
            outcome = ask(PORTS[(turn + step) % 2])
            outcomes.append(outcome)
            if outcome is not None:
                break
        with lock:
            if outcomes[-1] is True:
                served += 1
                if served % 100 == 0:
                    print(f"served {served}", flush=True)
            else:
                lost.append(outcomes)


threads = [threading.Thread(target=visit, args=(number,)) for number in range(4)]
for thread in threads:
    thread.start()
while not os.path.exists(sys.argv[3]):
    stopping.wait(0.1)
stopping.set()
for thread in threads:
    thread.join()
print(f"served {served} in all; lost {len(lost)}: {lost[:5]}", file=sys.stderr)
print(f"lost {len(lost)}", flush=True)
