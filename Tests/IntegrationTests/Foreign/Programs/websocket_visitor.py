"""A WebSocket client, with the library `websockets`, that tries one thing; the origin is websocket_origin.py.

usage: websocket_visitor.py URL PORT WHAT
"""
import asyncio
import os
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

url, port, what = sys.argv[1:4]


def visit(**options):
    return connect(url, host="127.0.0.1", port=int(port), max_size=4 << 20, open_timeout=20, proxy=None, **options)


async def text():
    async with visit() as connection:
        await connection.send("grüße 👋")
        assert await connection.recv() == "grüße 👋"


async def binary():
    async with visit(compression=None) as connection:
        body = os.urandom(70_000)
        await connection.send(body)
        assert await connection.recv() == body


async def fragments():
    """Each fragment is a frame of its own; they come as they were cut, both ways."""
    async with visit(compression=None) as connection:
        await connection.send(iter(["one ", "two ", "three"]))
        assert await connection.recv() == "one two three"
        await connection.send("fragments")
        assert [piece async for piece in connection.recv_streaming()] == ["first ", "second ", "third", ""]


async def ping():
    async with visit() as connection:
        for _ in range(3):
            answered = await connection.ping()
            await asyncio.wait_for(answered, 20)


async def large():
    async with visit(compression=None) as connection:
        for _ in range(8):
            body = os.urandom(1 << 20)
            await connection.send(body)
            assert await connection.recv() == body


async def deflate():
    """permessage-deflate (RFC 7692) is agreed on by the two ends; bytes in between stay as they are."""
    async with visit(compression="deflate") as connection:
        assert [extension.name for extension in connection.protocol.extensions] == ["permessage-deflate"]
        await connection.send("extensions")
        assert await connection.recv() == "permessage-deflate"
        body = "again and again " * 65_536
        await connection.send(body)
        assert await connection.recv() == body


async def close_by_origin():
    for code, reason in [(1000, "done"), (1001, "going"), (1011, "broken"), (4321, "of its own")]:
        async with visit() as connection:
            await connection.send(f"close {code} {reason}")
            try:
                await connection.recv()
            except ConnectionClosed:
                pass
            assert (connection.close_code, connection.close_reason) == (code, reason), connection.close_code


async def close_by_visitor():
    async with visit() as connection:
        await connection.close(4444, "had enough")
    assert connection.close_code == 4444


async def together():
    async def one(number):
        async with visit() as connection:
            for turn in range(20):
                await connection.send(f"{number} {turn}")
                assert await connection.recv() == f"{number} {turn}"

    await asyncio.gather(*(one(number) for number in range(50)))


asyncio.run(asyncio.wait_for(globals()[what](), 50))
print(f"ok {what}")
