"""A relay that keeps every byte for a while, as a long way does.

    delay_relay.py MILLISECONDS WINDOW TARGET_PORT...

Listens on a free loopback port for each target, prints the ports on one line, and passes TCP both ways. What arrives
leaves MILLISECONDS later. Of one connection at most WINDOW bytes a direction are under way: what has left gives its
room back after another MILLISECONDS, when a sender at the far end of such a way would learn of it.
"""

import asyncio
import collections
import sys


class End(asyncio.Protocol):
    """One end of a relayed connection; what it receives is delayed and written to its peer."""

    def __init__(self, way, peer=None):
        self.way, self.peer, self.transport = way, peer, None
        self.queue = collections.deque()  # (when it may leave, bytes); None for the end
        self.under_way, self.can_write, self.timer = 0, True, None

    def connection_made(self, transport):
        self.transport = transport
        transport.set_write_buffer_limits(high=4 * 1024 * 1024)
        if self.peer is None:
            transport.pause_reading()
            self.way.dial(self)

    def data_received(self, data):
        self.under_way += len(data)
        if self.under_way >= self.way.window:
            self.transport.pause_reading()
        self.enqueue(data)

    def eof_received(self):
        self.enqueue(None)
        return True

    def connection_lost(self, _):
        if self.peer and self.peer.transport and not self.peer.transport.is_closing():
            self.enqueue(None)
        self.under_way = 0

    def enqueue(self, data):
        self.queue.append((self.way.loop.time() + self.way.delay, data))
        if len(self.queue) == 1:
            self.schedule()

    def schedule(self):
        if self.queue and self.timer is None and self.peer.can_write:
            self.timer = self.way.loop.call_at(self.queue[0][0], self.leave)

    def leave(self):
        self.timer = None
        now, gone = self.way.loop.time(), 0
        while self.queue and self.queue[0][0] <= now and self.peer.can_write:
            data = self.queue.popleft()[1]
            if data is None:
                self.peer.finish()
            elif not self.peer.transport.is_closing():
                self.peer.transport.write(data)
                gone += len(data)
        if gone:
            self.way.loop.call_later(self.way.delay, self.acknowledged, gone)
        self.schedule()

    def acknowledged(self, count):
        was_full = self.under_way >= self.way.window
        self.under_way = max(0, self.under_way - count)
        if was_full and self.under_way < self.way.window and not self.transport.is_closing():
            self.transport.resume_reading()

    def finish(self):
        if self.transport.is_closing():
            return
        if self.transport.can_write_eof():
            self.transport.write_eof()
        if self.peer.transport.is_closing():
            self.transport.close()

    def pause_writing(self):
        self.can_write = False

    def resume_writing(self):
        self.can_write = True
        self.peer.schedule()


class Way:
    """The way to one target."""

    def __init__(self, loop, delay, window, port):
        self.loop, self.delay, self.window, self.port, self.tasks = loop, delay, window, port, set()

    def dial(self, near):
        task = self.loop.create_task(self.connect(near))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def connect(self, near):
        try:
            _, near.peer = await self.loop.create_connection(lambda: End(self, near), "127.0.0.1", self.port)
        except OSError:
            near.transport.abort()
            return
        if not near.transport.is_closing():
            near.transport.resume_reading()


async def main(delay, window, targets):
    loop, ports = asyncio.get_running_loop(), []
    for target in targets:
        way = Way(loop, delay, window, target)
        server = await loop.create_server(lambda way=way: End(way), "127.0.0.1", 0)
        ports.append(str(server.sockets[0].getsockname()[1]))
    print(*ports, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) / 1000, int(sys.argv[2]), [int(word) for word in sys.argv[3:]]))
