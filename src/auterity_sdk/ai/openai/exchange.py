"""One exchange with the server: a call of the client within its time, read, with its errors as a step's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from json import JSONDecodeError
from typing import Any, TypeVar

import openai
from openai import AsyncOpenAI

from auterity_sdk.ai.language_model import OnText, Usage
from auterity_sdk.ai.openai import chat, responses
from auterity_sdk.ai.openai.client import Clients, Endpoint
from auterity_sdk.ai.openai.failures import (
    bad_answer,
    broken_off,
    failure,
    in_the_answer,
    readable,
    timed_out,
)
from auterity_sdk.ai.openai.said import Said
from auterity_sdk.ai.request import Request

Read = TypeVar("Read")
EMPTY = "is empty"


class Exchange:
    """Speaks with one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.host = endpoint.host
        self._timeout = endpoint.timeout
        self._clients = Clients(endpoint)

    @asynccontextmanager
    async def _call(self, sent: Collection[str]) -> AsyncIterator[AsyncOpenAI]:
        client = await self._clients.current()
        try:
            async with asyncio.timeout(self._timeout) as bounded:
                yield client
        except openai.OpenAIError as error:
            # Without its cause, which holds the request.
            raise failure(error, self.host, sent) from None
        except TimeoutError:
            if not bounded.expired():
                raise
            raise timed_out(self.host) from None

    async def chat(
        self, request: Request, model: str, on_text: OnText | None, *, newer: bool
    ) -> Said:
        """Ask by Chat Completions."""
        sent = chat.parameters(request, model, newer=newer, stream=on_text is not None)
        async with self._call(sent) as client:
            came = await self._came(client.chat.completions.create(**sent))
            if on_text is not None:
                return await self._chat_stream(came, on_text)
        said = self._read(lambda: chat.read(came))
        if said is None:
            raise bad_answer(self.host, EMPTY)
        return said

    async def _chat_stream(self, came: Any, on_text: OnText) -> Said:
        stream = chat.ChatStream()
        await self._gather(came, stream.add, on_text)
        if not stream.begun:
            raise bad_answer(self.host, EMPTY)
        said = stream.whole()
        if said is None:
            raise broken_off(self.host)
        return said

    async def respond(self, request: Request, model: str, on_text: OnText | None) -> Said:
        """Ask by Responses."""
        sent = responses.parameters(request, model, stream=on_text is not None)
        async with self._call(sent) as client:
            came = await self._came(client.responses.create(**sent))
            response = came if on_text is None else await self._response_stream(came, on_text)
        code = self._read(lambda: responses.error_code(response))
        if code is not None:
            raise in_the_answer(self.host, code)
        said = self._read(lambda: responses.read(response))
        if said is None:
            raise bad_answer(self.host, EMPTY)
        return said

    async def _response_stream(self, came: Any, on_text: OnText) -> Any:
        stream = responses.ResponseStream()
        await self._gather(came, stream.add, on_text)
        if stream.error is not None:
            raise in_the_answer(self.host, stream.error)
        if stream.response is None:
            raise broken_off(self.host)
        return stream.response

    async def embed(
        self, texts: Sequence[str], model: str
    ) -> tuple[list[list[float]], Usage | None]:
        """The vectors in the texts' order, and what they took, where the server tells it."""
        async with self._call(("model", "input")) as client:
            made = await self._came(client.embeddings.create(model=model, input=list(texts)))
        with readable(self.host):
            found = sorted(made.data, key=lambda each: each.index)
            vectors = [list(map(float, each.embedding)) for each in found]
            # A server of one's own may leave it out, though the client's type has it.
            usage: Any = made.usage
            taken = Usage(int(usage.prompt_tokens), 0) if usage is not None else None
        if len(vectors) != len(texts):
            raise bad_answer(self.host, "holds another number of vectors than of texts")
        return vectors, taken

    async def moderate(self, text: str, model: str) -> list[str]:
        """The categories that a text falls under."""
        async with self._call(("model", "input")) as client:
            made = await self._came(client.moderations.create(model=model, input=text))
        with readable(self.host):
            marks = made.results[0].categories.model_dump(by_alias=True)
            return [name for name, holds in marks.items() if holds is True]

    async def _came(self, call: Awaitable[Any]) -> Any:
        try:
            return await call
        except JSONDecodeError:
            raise bad_answer(self.host, "is no JSON") from None

    def _read(self, read: Callable[[], Read]) -> Read:
        with readable(self.host):
            return read()

    async def _gather(self, coming: Any, add: Callable[[Any], str], on_text: OnText) -> None:
        async with coming:
            async for event in self._events(coming):
                piece = self._read(lambda event=event: add(event))  # type: ignore[misc]
                if piece:
                    on_text(piece)

    async def _events(self, coming: Any) -> AsyncIterator[Any]:
        # Apart from what is done with them, so that only errors of reading are taken for the server's.
        with readable(self.host):
            async for event in coming:
                yield event
