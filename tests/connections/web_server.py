"""A small real HTTP server on loopback whose answers are written out byte by byte."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class WebServer:
    port: int = 0
    answers: list[bytes] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            size = [
                line for line in head.lower().splitlines() if line.startswith("content-length:")
            ]
            body = await reader.readexactly(int(size[0].split(":")[1])) if size else b""
            self.requests.append(head + body.decode())
            reply = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if reply:
                writer.write(reply)
                await writer.drain()
            else:
                await reader.read()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(*answers: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[WebServer]:
    """An empty answer means silence until the caller hangs up."""
    server = WebServer(answers=list(answers))
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server
