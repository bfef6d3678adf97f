"""A WebSocket server, with the library `websockets`: echoes messages, closes with the code that it is asked for.

Prints its port as JSON, and the code of each connection that has been closed.
"""
import asyncio
import json

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed


async def talk(connection):
    try:
        async for message in connection:
            if isinstance(message, str) and message.startswith("close "):
                _, code, reason = message.split(" ", 2)
                await connection.close(int(code), reason)
                return
            if message == "extensions":
                # What was agreed on end to end, as the server sees it.
                await connection.send(",".join(extension.name for extension in connection.protocol.extensions))
            elif message == "fragments":
                await connection.send(iter(["first ", "second ", "third"]))
            else:
                await connection.send(message)
    except ConnectionClosed:
        pass
    finally:
        print(f"closed {connection.close_code} {connection.close_reason}", flush=True)


async def main():
    async with serve(talk, "127.0.0.1", 0, max_size=4 << 20, ping_interval=None) as server:
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        await server.serve_forever()


asyncio.run(main())
