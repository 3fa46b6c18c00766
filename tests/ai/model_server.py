"""A server that speaks OpenAI's API over real HTTP on loopback: what it says is scripted, what it was asked is kept.

It runs in a thread of its own, so that other processes and any event loop can ask it:

    with serving(Reply("hello")) as server: ...  # server.url, server.received
"""

from __future__ import annotations

import asyncio
import base64
import json
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A tool that the model asks for. `arguments` is sent as it is, well-formed or not."""

    name: str
    arguments: str
    id: str = "call_1"


@dataclass(frozen=True)
class Reply:
    """What is said to one request, whichever API asks.

    Faults: a `status` with a `code`, an empty answer (`choices` False), a stream that is `cut` after so many events
    (the connection breaks), `ended` after so many (it closes well, too early) or `held` after so many (nothing more comes
    until the reader has gone, or `ready` is set), `delay` seconds before the first
    byte, `gap` seconds between events, an `error` of that code in the answer, and `raw` in the body's place.
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    refusal: str = ""
    finish: str = ""
    usage: tuple[int, int, int] | None = (11, 7, 3)
    """Tokens read, tokens written, tokens read from the cache."""
    model: str = "scripted-1"
    piece: int = 4
    """Characters of text or arguments in one event of a stream."""
    choices: bool = True
    status: int = 200
    code: str = ""
    message: str = "scripted failure"
    param: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None
    ended: int | None = None
    held: int | None = None
    ready: threading.Event | None = None
    delay: float = 0.0
    gap: float = 0.0
    error: str = ""
    raw: bytes | None = None
    vectors: Sequence[Sequence[float]] | None = None
    flagged: tuple[str, ...] = ()

    @property
    def pieces(self) -> list[str]:
        return split(self.text, self.piece)

    @property
    def ending(self) -> str:
        """The finish in Chat's words."""
        return self.finish or ("tool_calls" if self.calls else "stop")


def split(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: Json


Script = Callable[[Json], Reply]
"""A model that answers by what it is asked."""


@dataclass
class ModelServer:
    """`received` is the counter: one entry for each request that came."""

    replies: list[Reply] = field(default_factory=list)
    script: Script | None = None
    received: list[Received] = field(default_factory=list)
    port: int = 0
    left: int = 0
    """Streams whose reader went away before their end."""

    @property
    def url(self) -> str:
        """What a connection's `base_url` is."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def bodies(self) -> list[Json]:
        return [each.body for each in self.received]

    def wait_for(self, requests: int) -> None:
        """Block until so many have come."""
        while len(self.received) < requests:
            time.sleep(0.005)

    def next_reply(self, body: Json) -> Reply:
        if self.script is not None:
            return self.script(body)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        body = json.loads(await reader.readexactly(int(headers.get("content-length", 0))) or b"{}")
        path = first.split(" ")[1]
        self.received.append(Received(path, headers, body))
        reply = self.next_reply(body)
        await asyncio.sleep(reply.delay)
        if body.get("stream") and reply.status == 200 and reply.raw is None:
            return await self._stream(writer, path, reply)
        content = (
            reply.raw
            if reply.raw is not None
            else json.dumps(answer_of(path, reply, body)).encode()
        )
        fields = {"content-type": "application/json", **dict(reply.headers)}
        if body.get("stream") and reply.status == 200:
            fields["content-type"] = "text/event-stream"
        shown = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        start = f"HTTP/1.1 {reply.status} X\r\ncontent-length: {len(content)}\r\n{shown}\r\n"
        writer.write(start.encode() + content)
        await writer.drain()
        return True

    async def _stream(self, writer: asyncio.StreamWriter, path: str, reply: Reply) -> bool:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        events = chat_events(reply) if "chat" in path else response_events(reply)
        try:
            for number, event in enumerate(events):
                while number == reply.held and not (reply.ready and reply.ready.is_set()):
                    await said(writer, b": held\n\n")
                    await asyncio.sleep(0.01)
                if number == reply.cut:
                    return False
                if number == reply.ended:
                    break
                await said(writer, event)
                await asyncio.sleep(reply.gap)
        except ConnectionError:
            self.left += 1
            raise
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True


async def said(writer: asyncio.StreamWriter, event: bytes) -> None:
    writer.write(b"%x\r\n%b\r\n" % (len(event), event))
    await writer.drain()


@contextmanager
def serving(*replies: Reply, script: Script | None = None) -> Iterator[ModelServer]:
    """A server with these replies, the last of them for ever, or with a script."""
    server = ModelServer(list(replies), script)
    ready = threading.Event()
    ends: list[Callable[[], object]] = []

    async def listen() -> None:
        ended = asyncio.Event()
        listening = await asyncio.start_server(server.connected, "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        ends.append(lambda: loop.call_soon_threadsafe(ended.set))
        ready.set()
        await ended.wait()
        listening.close()

    # What is still being said is cancelled when `run` ends.
    thread = threading.Thread(target=lambda: asyncio.run(listen()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        ends[0]()
        thread.join()


def answer_of(path: str, reply: Reply, body: Json) -> Json:
    if reply.status != 200:
        error = {"message": reply.message, "code": reply.code or None, "param": reply.param or None}
        return {"error": {**error, "type": "scripted"}}
    if path.partition("?")[0].endswith("/embeddings"):
        return embeddings(reply, body)
    if path.partition("?")[0].endswith("/moderations"):
        return moderation(reply)
    return completion(reply) if "chat" in path else response(reply)


def embeddings(reply: Reply, body: Json) -> Json:
    vectors = reply.vectors if reply.vectors is not None else [[3.0, 4.0]] * len(body["input"])
    packed = body.get("encoding_format") == "base64"
    data = [
        {
            "object": "embedding",
            "index": place,
            "embedding": base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
            if packed
            else list(vector),
        }
        for place, vector in enumerate(vectors)
    ]
    made: Json = {"object": "list", "data": list(reversed(data)), "model": reply.model}
    if reply.usage is not None:
        made["usage"] = {"prompt_tokens": reply.usage[0], "total_tokens": reply.usage[0]}
    return made


def moderation(reply: Reply) -> Json:
    categories = dict.fromkeys(
        ("harassment", "harassment/threatening", "self-harm", "violence"), False
    )
    categories |= dict.fromkeys(reply.flagged, True)
    result = {"flagged": bool(reply.flagged), "categories": categories, "category_scores": {}}
    return {"id": "modr-1", "model": reply.model, "results": [result]}


def chat_usage(reply: Reply) -> Json | None:
    if reply.usage is None:
        return None
    read, written, cached = reply.usage
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "prompt_tokens_details": {"cached_tokens": cached},
    }


def completion(reply: Reply) -> Json:
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for call in reply.calls
    ]
    message: Json = {
        "role": "assistant",
        "content": reply.text or None,
        "refusal": reply.refusal or None,
    }
    if calls:
        message["tool_calls"] = calls
    choice = {"index": 0, "message": message, "finish_reason": reply.ending}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": reply.model,
        "choices": [choice] if reply.choices else [],
        "usage": chat_usage(reply),
    }


def event(data: Json | str, name: str = "") -> bytes:
    text = data if isinstance(data, str) else json.dumps(data)
    named = f"event: {name}\n" if name else ""
    return f"{named}data: {text}\n\n".encode()


def chat_events(reply: Reply) -> Iterator[bytes]:
    frame = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": reply.model,
    }

    def chunk(delta: Json, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return event({**frame, "choices": [choice], "usage": None})

    if reply.choices:
        yield chunk({"role": "assistant", "content": ""})
        for piece in reply.pieces:
            yield chunk({"content": piece})
        for piece in split(reply.refusal, reply.piece):
            yield chunk({"refusal": piece})
        yield from (chunk({"tool_calls": [delta]}) for delta in chat_call_pieces(reply))
        if reply.error:
            yield event({"error": {"message": reply.message, "code": reply.error}})
        yield chunk({}, reply.ending)
    if reply.usage is not None:
        yield event({**frame, "choices": [], "usage": chat_usage(reply)})
    yield event("[DONE]")


def chat_call_pieces(reply: Reply) -> Iterator[Json]:
    """The name comes first, then the arguments of all calls in turn, a piece of each."""
    for place, call in enumerate(reply.calls):
        function = {"name": call.name, "arguments": ""}
        yield {"index": place, "id": call.id, "type": "function", "function": function}
    waiting = [
        (place, split(call.arguments, reply.piece)) for place, call in enumerate(reply.calls)
    ]
    while any(pieces for _, pieces in waiting):
        for place, pieces in waiting:
            if pieces:
                yield {"index": place, "function": {"arguments": pieces.pop(0)}}


def response(reply: Reply, *, status: str = "") -> Json:
    output: list[Json] = (
        [{"id": "rs_1", "type": "reasoning", "summary": []}] if reply.choices else []
    )
    content: list[Json] = []
    if reply.text:
        content.append({"type": "output_text", "text": reply.text, "annotations": []})
    if reply.refusal:
        content.append({"type": "refusal", "refusal": reply.refusal})
    if content and reply.choices:
        output.append(
            {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": content,
            }
        )
    for call in reply.calls:
        output.append(
            {
                "id": f"fc_{call.id}",
                "type": "function_call",
                "call_id": call.id,
                "name": call.name,
                "arguments": call.arguments,
                "status": "completed",
            }
        )
    reason = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(reply.finish)
    usage = None
    if reply.usage is not None:
        read, written, cached = reply.usage
        usage = {
            "input_tokens": read,
            "output_tokens": written,
            "total_tokens": read + written,
            "input_tokens_details": {"cached_tokens": cached},
            "output_tokens_details": {"reasoning_tokens": 0},
        }
    failed = {"code": reply.error, "message": reply.message} if reply.error else None
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": reply.model,
        "status": status or ("failed" if failed else "incomplete" if reason else "completed"),
        "incomplete_details": {"reason": reason} if reason else None,
        "error": failed,
        "output": output,
        "usage": usage,
    }


def response_events(reply: Reply) -> Iterator[bytes]:
    begun = {**response(Reply(choices=False)), "status": "in_progress", "usage": None}
    events: list[Json] = [{"type": "response.created", "response": begun}]
    for piece in reply.pieces:
        events.append({"type": "response.output_text.delta", "item_id": "msg_1", "delta": piece})
    for piece in split(reply.refusal, reply.piece):
        events.append({"type": "response.refusal.delta", "item_id": "msg_1", "delta": piece})
    for call in reply.calls:
        for piece in split(call.arguments, reply.piece):
            events.append(
                {
                    "type": "response.function_call_arguments.delta",
                    "item_id": call.id,
                    "delta": piece,
                }
            )
    final = response(reply)
    events.append({"type": f"response.{final['status']}", "response": final})
    for number, each in enumerate(events):
        yield event({**each, "sequence_number": number}, each["type"])


def main(text: str) -> None:
    """Serve one answer as a process of its own: its URL is printed, and it ends when its input does."""
    with serving(Reply(text)) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
