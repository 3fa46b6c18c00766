"""The port to language models on a LangChain `Runnable`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessageChunk
from langchain_core.prompt_values import PromptValue
from langchain_core.runnables import Runnable
from langsmith import tracing_context
from msgspec.structs import replace

from auterity_sdk.ai.langchain.messages import answer_of, langchain_messages, messages_of
from auterity_sdk.ai.language_model import (
    LANGCHAIN,
    Answer,
    LanguageModel,
    OnText,
    Vectors,
    Verdict,
)
from auterity_sdk.ai.request import Request, Tool
from auterity_sdk.errors import ConfigurationError, StepError

_KNOWN: Mapping[str, tuple[str, bool]] = {
    "RateLimitError": ("rate_limited", True),
    "AuthenticationError": ("unauthorized", False),
    "PermissionDeniedError": ("unauthorized", False),
    "TimeoutError": ("timeout", True),
    "TimeoutException": ("timeout", True),
    "APITimeoutError": ("timeout", True),
    "APIConnectionError": ("network", True),
    "TransportError": ("network", True),
    "OSError": ("network", True),
    "InternalServerError": ("overloaded", True),
    "BadRequestError": ("bad_input", False),
    "NotFoundError": ("bad_input", False),
}
"""What errors are called in the clients that LangChain's packages are made of, each with a class tree of its own."""


class LangChainModel:
    """A runnable answers: a chat model is given messages; any other `messages`, `text` and `schema` by name.

    `text` is that of the last message, `schema` the JSON Schema of the answer or nothing. A prompt template makes
    messages, with which `asks` is asked. Parameters and retries are the runnable's own; memory it has none but the
    messages. Nothing is traced, whatever the environment says, since a trace holds what customers wrote.
    """

    provider = LANGCHAIN

    def __init__(
        self,
        runnable: Runnable[Any, Any],
        model: str,
        timeout: float,
        asks: LanguageModel | None = None,
    ) -> None:
        self.model = model
        self._runnable = runnable
        self._timeout = timeout
        self._asks = asks

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """What the runnable gives; with `on_text` it is streamed."""
        if request.model:
            raise StepError(
                f"`{self.model}` is a runnable with a model of its own, and takes no other's name",
                type="bad_input",
            )
        made = await self._made(self._taking(request.tools), request, on_text)
        try:
            if isinstance(made, PromptValue):
                asked = replace(request, messages=messages_of(made.to_messages()))
                return await self._asked().answer(asked, on_text)
            return answer_of(made, request, LANGCHAIN, self.model)
        except TypeError as error:
            raise StepError(
                f"`{self.model}` gave {error}, which is no answer", type="bad_answer"
            ) from None

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        """Not a runnable's: of the connection that it asks, if there is one."""
        return await self._asked().embed(texts, model)

    async def moderate(self, text: str) -> Verdict:
        """Not a runnable's: of the connection that it asks, if there is one."""
        return await self._asked().moderate(text)

    def _asked(self) -> LanguageModel:
        if self._asks is None:
            raise ConfigurationError(
                f"`{self.model}` alone cannot do that",
                help='name the connection that it asks: asks = "…" in its table',
            )
        return self._asks

    def _taking(self, tools: Sequence[Tool]) -> Runnable[Any, Any]:
        if not tools:
            return self._runnable
        if not isinstance(self._runnable, BaseChatModel):
            raise StepError(f"`{self.model}` is no chat model and takes no tools", type="bad_input")
        functions = [
            {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
            for tool in tools
        ]
        return self._runnable.bind_tools(
            [{"type": "function", "function": function} for function in functions]
        )

    async def _made(
        self, runnable: Runnable[Any, Any], request: Request, on_text: OnText | None
    ) -> Any:
        given = self._given(request)
        try:
            async with asyncio.timeout(self._timeout):
                with tracing_context(enabled=False):
                    if on_text is None:
                        return await runnable.ainvoke(given)
                    coming = runnable.astream(given)
                    return await _gathered(coming, on_text)
        except _Listener as error:
            raise error.error from None
        except Exception as error:  # noqa: BLE001 - a runnable may raise anything
            raise self._failure(error) from None

    def _given(self, request: Request) -> Any:
        messages = langchain_messages(request)
        if isinstance(self._runnable, BaseChatModel):
            return messages
        shape = request.shape
        return {
            "messages": messages,
            "text": request.messages[-1].text if request.messages else "",
            "schema": shape.schema if shape is not None else "",
        }

    def _failure(self, error: Exception) -> StepError:
        # By its name alone: its text may quote what was asked.
        names = [each.__name__ for each in type(error).__mro__]
        kind, retryable = next(
            (_KNOWN[name] for name in names if name in _KNOWN), ("bad_answer", True)
        )
        return StepError(f"`{self.model}` raised {names[0]}", type=kind, retryable=retryable)


class _Listener(Exception):
    """Wraps what a listener raised, which is no error of the runnable."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


async def _gathered(coming: AsyncIterator[Any], on_text: OnText) -> Any:
    whole: Any = None
    async for piece in coming:
        whole = piece if whole is None else whole + piece
        text = piece.text if isinstance(piece, BaseMessageChunk) else piece
        if isinstance(text, str) and text:
            try:
                on_text(str(text))
            except Exception as error:  # noqa: BLE001 - raised again as it is
                raise _Listener(error) from None
    return whole
