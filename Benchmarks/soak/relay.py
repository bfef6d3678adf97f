"""A wire between an agent and its edge that can be cut."""

import socket
import struct
import threading

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Relay:
    """Carries whoever connects to its port to `target`, until it is cut. `sever` may come from any thread."""

    def __init__(self, target):
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._open = set()
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def sever(self):
        """Resets every connection, both ways."""
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            _reset(end)

    def close(self):
        self._listener.close()
        self.sever()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self._target, timeout=5)
            except OSError:
                _reset(near)
                continue
            far.settimeout(None)
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source, sink):
        try:
            while data := source.recv(1 << 18):
                sink.sendall(data)
        except OSError:
            pass
        with self._lock:
            mine = self._open & {source, sink}
            self._open -= mine
        for end in mine:
            _reset(end)


def _reset(end):
    """`shutdown` wakes the thread that reads; closing alone would leave it waiting."""
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
