"""The crowd: what each kind of visitor does, again and again, until it is told to stop."""

import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time

import pattern
from ledger import Broken, Corrupt, Late, Refused
from visitor import DEADLINE, Connection, request_head, understood
from websocket import BINARY, PING, TEXT, WebSocket, frame

MIB = 1 << 20
REQUESTS_PER_CONNECTION = 200
#: Small enough for the buffers on the way: this visitor does not read while it sends, and the origin answers meanwhile.
REFLECTED = 32 * 1024
#: After a refusal a visitor waits so long, as people do.
PAUSE = 0.05
#: After a transfer, half a second more or less: bulk alone would leave a debug build no time for anything else.
REST = 0.5


class Crowd:
    """All visitors of one edge. Each is a thread that makes one visit at a time."""

    def __init__(self, port, hosts, ledger, stop):
        self.port, self.hosts, self.ledger, self.stop = port, hosts, ledger, stop
        self._random_bytes = os.urandom(4 * MIB)
        self._threads = []
        #: What no visitor should meet and the ledger has no word for.
        self.problems = []

    def start(self):
        for visit, count in KINDS.items():
            for _ in range(count if is_possible(visit) else 0):
                thread = threading.Thread(target=self._repeat, args=(visit,), name=visit.__name__, daemon=True)
                self._threads.append(thread)
                thread.start()

    def leave(self, deadline):
        """Waits until everyone has finished what is under way; names those who have not."""
        until = time.monotonic() + deadline
        for thread in self._threads:
            thread.join(max(0, until - time.monotonic()))
        return [thread.name for thread in self._threads if thread.is_alive()]

    def exchange(self, kind, host, act):
        """Runs `act`, which answers the bytes up and down, and enters it in the ledger; whether it was served."""
        began = time.monotonic()
        try:
            up, down = act()
        except (Refused, Broken, Corrupt, Late) as failure:
            self.ledger.fail(kind, host, began, time.monotonic(), failure)
            self.stop.wait(PAUSE)
            return False
        self.ledger.serve(kind, began, time.monotonic(), up, down)
        return True

    def some_bytes(self, most):
        start = random.randrange(len(self._random_bytes) - most)
        return self._random_bytes[start : start + random.randrange(1, most)]

    def rest(self):
        self.stop.wait(random.random() * 2 * REST)

    def _repeat(self, visit):
        while not self.stop.is_set():
            try:
                visit(self, random.choice(self.hosts))
            except Exception as error:  # a visitor who is gone would be missed by nobody
                self.problems.append(f"a visitor ({visit.__name__}) ended: {type(error).__name__}: {error}")
                return


def kept_alive(crowd, host):
    """Many small requests on one connection, some of them with a body that comes back."""
    with Connection(crowd.port) as connection:

        def ask():
            if random.random() < 0.7:
                return 0, expect(connection.ask("GET", "/status/200", host).body, b"200\n")
            body = crowd.some_bytes(REFLECTED)
            chunked = random.random() < 0.5
            return len(body), expect(connection.ask("POST", "/reflect", host, body, chunked).body, body)

        for _ in range(REQUESTS_PER_CONNECTION):
            if crowd.stop.is_set() or not crowd.exchange("kept alive", host, ask):
                return


def fresh(crowd, host):
    """One request on a connection of its own."""

    def ask():
        with Connection(crowd.port) as connection:
            return 0, expect(connection.ask("GET", "/status/200", host).body, b"200\n")

    crowd.exchange("fresh", host, ask)


def upload(crowd, host):
    """Up to 2 MiB, hashed on both sides."""
    body = crowd.some_bytes(2 * MIB)

    def ask():
        with Connection(crowd.port) as connection:
            came = connection.ask("POST", "/upload", host, body, random.random() < 0.5).body
        answer = understood(lambda: json.loads(came))
        if (answer.get("bytes"), answer.get("sha256")) != (len(body), hashlib.sha256(body).hexdigest()):
            raise Corrupt(f"{answer.get('bytes')} of {len(body)} bytes arrived, or others")
        return len(body), 0

    crowd.exchange("upload", host, ask)
    crowd.rest()


def download(crowd, host):
    """Up to 2 MiB with a length, or chunked."""
    size = random.randrange(2 * MIB)
    path = random.choice(("/download", "/stream"))

    def ask():
        with Connection(crowd.port) as connection:
            return 0, expect(connection.ask("GET", f"{path}?bytes={size}", host).body, pattern.first(size))

    crowd.exchange("download", host, ask)
    crowd.rest()


def events(crowd, host):
    """Thirty server-sent events in a second and a half."""

    def ask():
        with Connection(crowd.port) as connection:
            body = connection.ask("GET", "/events?ms=50&count=30", host).body
        if body.count(b"event: time\n") != 30:
            raise Corrupt(f"{body.count(b'event: time')} of 30 events")
        return 0, len(body)

    crowd.exchange("events", host, ask)


def websocket(crowd, host):
    """Messages and pings of every size of length field, then a closing handshake."""

    def talk():
        total = 0
        with Connection(crowd.port) as connection:
            socket = WebSocket(connection, host)
            for _ in range(random.randrange(5, 25)):
                said = crowd.some_bytes(random.choice((100, 100, 100, 4_000, 4_000, 4_000, 4_000, 4_000, 70_000)))
                socket.echo(BINARY, said)
                socket.echo(TEXT, b"hello")
                socket.echo(PING, said[:100])
                total += len(said)
                crowd.stop.wait(random.random() / 20)
            socket.end()
        return total, total

    crowd.exchange("websocket", host, talk)


def http2(crowd, host):
    """A download over HTTP/2, by curl; it is not asked for more, since that of Debian 12 fails at a second request."""
    size = random.randrange(MIB)

    def ask():
        with tempfile.TemporaryDirectory() as folder:
            run = curl(crowd, host, f"/download?bytes={size}", "-o", f"{folder}/body", "-w", "%{http_code}")
            if run.returncode == 28:
                raise Late(run.stderr.strip())
            if run.returncode:
                raise Broken(run.stderr.strip())
            if run.stdout != "200":
                raise Refused(int(run.stdout))
            with open(f"{folder}/body", "rb") as file:
                return 0, expect(file.read(), pattern.first(size))

    crowd.exchange("http2", host, ask)
    crowd.rest()


def multiplexed(crowd, host):
    """Sixteen requests at a time on one HTTP/2 connection, a hundred in all, by h2load."""
    wanted = 100

    def ask():
        name = f"http://{host}:{crowd.port}/status/200"
        run = subprocess.run(
            ["h2load", "-n", str(wanted), "-c", "1", "-m", "16", "-T", str(DEADLINE),
             f"--connect-to=127.0.0.1:{crowd.port}", name],
            capture_output=True, text=True, check=False,
        )
        counts = {word: int(number) for number, word in re.findall(r"(\d+) (2xx|5xx|succeeded|timeout)", run.stdout)}
        if counts.get("timeout"):
            raise Late(f"{counts['timeout']} requests")
        if counts.get("5xx"):
            raise Refused(503)
        if counts.get("2xx") != wanted or counts.get("succeeded") != wanted:
            raise Broken(f"{counts.get('2xx', 0)} of {wanted} requests: {run.stderr.strip()}")
        return 0, wanted * len(b"200\n")

    # One of the hundred may begin much later than the first: only hosts whose gaps excuse whatever overlaps.
    if host != crowd.hosts[-1]:
        crowd.exchange("multiplexed", host, ask)
        crowd.rest()


def abort(crowd, host):
    """Leaves at a moment when nobody should."""

    def leave():
        with Connection(crowd.port) as connection:
            connection.open()
            try:
                random.choice(ABORTS)(crowd, connection, host)
            except Broken:
                pass  # the edge may be as rude as this visitor is
            if random.random() < 0.5:
                connection.reset()
        return 0, 0

    crowd.exchange("abort", host, leave)
    crowd.rest()


def in_a_head(crowd, connection, host):
    connection.send(request_head("GET", "/", host)[:-2])


def before_the_answer(crowd, connection, host):
    connection.send(request_head("GET", "/slow?ms=3000", host))
    crowd.stop.wait(PAUSE)


def in_a_download(crowd, connection, host):
    connection.send(request_head("GET", "/download?bytes=8000000", host))
    if connection.head()[0] == 200:  # what comes in its place may be shorter than what is read here
        for _ in range(random.randrange(1, 8)):
            connection.read_some(64 * 1024)


def in_an_upload(crowd, connection, host):
    connection.send(request_head("POST", "/upload", host, length=8_000_000), crowd.some_bytes(MIB))


def in_a_frame(crowd, connection, host):
    try:
        WebSocket(connection, host)
    except Refused:
        return
    whole = frame(BINARY, crowd.some_bytes(MIB), b"mask")
    connection.send(whole[: len(whole) // 2])


def in_http2(crowd, connection, host):
    if is_possible(http2):
        curl(crowd, host, "/download?bytes=80000000", "-o", os.devnull, "--max-time", "0.1")


ABORTS = (in_a_head, before_the_answer, in_a_download, in_an_upload, in_a_frame, in_http2)
#: How many visitors of each kind there are at once.
KINDS = {kept_alive: 4, fresh: 2, upload: 2, download: 2, events: 2, websocket: 3, http2: 1, multiplexed: 1, abort: 2}
#: What needs a program that need not be here.
NEEDED = {http2: "curl", multiplexed: "h2load"}


def expect(came, wanted):
    """The number of bytes, when they are the right ones."""
    if came != wanted:
        raise Corrupt(f"{len(came)} bytes, where {len(wanted)} others were due")
    return len(came)


def curl(crowd, host, path, *options):
    name = f"{host}:{crowd.port}"
    return subprocess.run(
        ["curl", "-sS", "--http2-prior-knowledge", "--max-time", str(DEADLINE), "--resolve", f"{name}:127.0.0.1",
         *options, f"http://{name}{path}"],
        capture_output=True, text=True, check=False,
    )


def is_possible(visit):
    """Whether the program that this kind of visitor uses is installed."""
    return visit not in NEEDED or shutil.which(NEEDED[visit]) is not None
