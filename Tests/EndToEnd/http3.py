"""One GET over HTTP/3, with aioquic: prints the status and how many bytes came.

    http3.py HOST CA_FILE PATH
"""

import asyncio
import sys

from aioquic.asyncio.client import connect
from aioquic.asyncio.protocol import QuicConnectionProtocol
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration


class Visitor(QuicConnectionProtocol):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.http = H3Connection(self._quic)
        self.status, self.size = None, 0
        self.is_over = asyncio.get_running_loop().create_future()

    def ask(self, host, path):
        stream = self._quic.get_next_available_stream_id()
        fields = {":method": "GET", ":scheme": "https", ":authority": host, ":path": path}
        self.http.send_headers(stream, [(name.encode(), value.encode()) for name, value in fields.items()], end_stream=True)
        self.transmit()

    def quic_event_received(self, event):
        for part in self.http.handle_event(event):
            if isinstance(part, HeadersReceived):
                self.status = dict(part.headers)[b":status"].decode()
            elif isinstance(part, DataReceived):
                self.size += len(part.data)
            else:
                continue
            if part.stream_ended and not self.is_over.done():
                self.is_over.set_result(None)


async def main(host, ca_file, path):
    configuration = QuicConfiguration(is_client=True, alpn_protocols=H3_ALPN, server_name=host)
    configuration.load_verify_locations(ca_file)
    async with connect("127.0.0.1", 443, configuration=configuration, create_protocol=Visitor) as visitor:
        visitor.ask(host, path)
        await asyncio.wait_for(visitor.is_over, 20)
        print(visitor.status, visitor.size)


asyncio.run(main(*sys.argv[1:]))
