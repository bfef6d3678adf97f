"""What happens to the programs while visitors come, each of it announced."""

import collections
import itertools
import signal
import threading
import time

from program import Failure
from scene import REPLACED, SEVERED

#: Seconds from one to the next, in turn. An agent whose tunnels do not last dials ever more rarely, and begins anew after
#: a healthy minute: without that it would be away for most of a long soak.
BETWEEN_CUTS, BETWEEN_RESTARTS, BETWEEN_RELOADS = (5, 5, 70), (12,), (4,)
#: What began before the announcement has reached the agent by the time of the signal, on a busy machine, too.
NOTICE = 2


class Interruptions:
    """Cuts, restarts and reloads, each kind in a thread of its own until `stop`."""

    def __init__(self, scene, gaps, stop):
        self._scene, self._gaps, self._stop = scene, gaps, stop
        self.counts = collections.Counter()
        self.problems = []
        self._threads = [
            threading.Thread(target=self._repeat, args=pair, daemon=True)
            for pair in ((self._cut, BETWEEN_CUTS), (self._restart, BETWEEN_RESTARTS), (self._reload, BETWEEN_RELOADS))
        ]

    def start(self):
        for thread in self._threads:
            thread.start()

    def join(self, seconds):
        for thread in self._threads:
            thread.join(seconds)
            if thread.is_alive():
                self.problems.append("an interruption does not end")

    def _repeat(self, act, pauses):
        for pause in itertools.cycle(pauses):
            if self._stop.wait(pause):
                return
            try:
                act()
            except Exception as error:  # nobody else would notice that this thread is gone
                self.problems.append(f"{type(error).__name__}: {error}")
                return

    def _cut(self):
        """The wire breaks; the agent comes back by itself."""
        gap = self._gaps.announce(SEVERED, abrupt=True)
        self._scene.relay.sever()
        self._scene.await_served(SEVERED)
        gap.ended = time.monotonic()
        self.counts["cuts"] += 1

    def _restart(self):
        """The agent is told to stop, or is killed, in turn; then it is started again."""
        agent = self._scene.agents[REPLACED]
        told = self.counts["restarts"] % 2 == 0
        gap = self._gaps.announce(REPLACED, abrupt=not told)
        if told:
            time.sleep(NOTICE)
            code = agent.end(signal.SIGTERM)
            if code not in (0, 128 + signal.SIGTERM):
                raise Failure(f"{agent.name} ended with {code} when it was told to stop")
        else:
            agent.end(signal.SIGKILL)
        agent.start()
        self._scene.await_served(REPLACED)
        gap.ended = time.monotonic()
        self.counts["restarts"] += 1

    def _reload(self):
        self._scene.write_configuration(self.counts["reloads"] + 1)
        self._scene.edge.send(signal.SIGHUP)
        self.counts["reloads"] += 1
