"""Answers of models that are kept in a file and given again: tests without a model, a network or a price."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from auterity_sdk.ai.answer_file import AnswerFile, Entry
from auterity_sdk.ai.language_model import RECORDED, Answer, LanguageModel, OnText, Vectors, Verdict
from auterity_sdk.ai.request import Message, Picture, Request, ToolCall
from auterity_sdk.errors import StepError

Redact = Callable[[str], str]
"""A text as it may be kept."""

LONGEST_SHOWN = 2_000
"""Characters of what was asked that are kept beside an answer, for who reads the file."""


class RecordedModel:
    """Gives the kept answer to a request, and never asks anybody.

    An answer is found by the hash of its request: texts as `redact` leaves them, pictures by their digest, the
    shape, the tools, the parameters and the model's name where the request has one. Raises `StepError` of type
    `unrecorded` for a request that is not in the file.
    """

    provider = RECORDED
    model = RECORDED

    def __init__(self, file: Path, redact: Redact) -> None:
        self._file = AnswerFile(file)
        self._redact = redact

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """The kept answer; `on_text` is told it at once."""
        kept = self._entry(key_of(request, self._redact)).answer
        if kept is None:
            raise self._unrecorded(key_of(request, self._redact))
        if on_text is not None and kept.text:
            on_text(kept.text)
        return msgspec.structs.replace(kept, provider=RECORDED)

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        """The kept vectors."""
        key = key_of_texts(texts, model, self._redact)
        kept = self._entry(key).vectors
        if kept is None:
            raise self._unrecorded(key)
        return msgspec.structs.replace(kept, provider=RECORDED)

    async def moderate(self, text: str) -> Verdict:
        """The kept verdict."""
        key = key_of_verdict(text, self._redact)
        kept = self._entry(key).verdict
        if kept is None:
            raise self._unrecorded(key)
        return msgspec.structs.replace(kept, provider=RECORDED)

    def _entry(self, key: str) -> Entry:
        return self._file.entries().get(key) or Entry("")

    def _unrecorded(self, key: str) -> StepError:
        return StepError(
            f"{self._file.path} holds no answer to this request ({key[:12]}), which changed or is new;"
            " --record keeps one",
            type="unrecorded",
        )


class RecordingModel:
    """Asks a model, and keeps what it answers in a file. What is kept is redacted, what is given is not."""

    def __init__(self, source: LanguageModel, file: Path, redact: Redact) -> None:
        self.provider = source.provider
        self.model = source.model
        self._source = source
        self._file = AnswerFile(file)
        self._redact = redact

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """The source's answer."""
        answer = await self._source.answer(request, on_text)
        shown = shown_of(request, self._redact)
        kept = redacted(answer, self._redact)
        self._file.keep(key_of(request, self._redact), Entry(shown, answer=kept))
        return answer

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        """The source's vectors."""
        vectors = await self._source.embed(texts, model)
        shown = self._redact("\n".join(texts))[:LONGEST_SHOWN]
        key = key_of_texts(texts, model, self._redact)
        self._file.keep(key, Entry(shown, vectors=vectors))
        return vectors

    async def moderate(self, text: str) -> Verdict:
        """The source's verdict."""
        verdict = await self._source.moderate(text)
        shown = self._redact(text)[:LONGEST_SHOWN]
        self._file.keep(key_of_verdict(text, self._redact), Entry(shown, verdict=verdict))
        return verdict


def key_of(request: Request, redact: Redact) -> str:
    """The hash of a request. It is one of the redacted texts, so that nothing personal can be guessed from it."""
    asked = {
        "messages": [_message(message, redact) for message in request.messages],
        "model": request.model,
        "shape": request.shape,
        "tools": request.tools,
        "longest_answer": request.longest_answer,
        "temperature": request.temperature,
        "seed": request.seed,
    }
    return _hash("answer", asked)


def key_of_texts(texts: Sequence[str], model: str, redact: Redact) -> str:
    """The hash of texts that vectors are asked for."""
    return _hash("embed", {"texts": list(map(redact, texts)), "model": model})


def key_of_verdict(text: str, redact: Redact) -> str:
    """The hash of a text that is moderated."""
    return _hash("moderate", redact(text))


def _hash(kind: str, asked: Any) -> str:
    canonical = msgspec.json.encode([kind, asked], order="sorted")
    return hashlib.sha256(canonical).hexdigest()


def _message(message: Message, redact: Redact) -> dict[str, Any]:
    return {
        "role": message.role,
        "text": redact(message.text),
        "pictures": [_digest(picture) for picture in message.pictures],
        "calls": [(call.id, call.name, redact(call.arguments)) for call in message.calls],
        "answers": message.answers,
    }


def _digest(picture: Picture) -> tuple[str, str]:
    return picture.media_type, hashlib.sha256(picture.content).hexdigest()


def shown_of(request: Request, redact: Redact) -> str:
    """What was asked, for who reads the file."""
    said = (f"[{message.role}] {message.text}" for message in request.messages)
    return redact("\n".join(said))[:LONGEST_SHOWN]


def redacted(answer: Answer, redact: Redact) -> Answer:
    """The answer as it is kept. The provider's id of it leads to the full text there, so it is left out."""
    calls = (ToolCall(call.id, call.name, redact(call.arguments)) for call in answer.calls)
    return msgspec.structs.replace(
        answer,
        text=redact(answer.text),
        refusal=redact(answer.refusal),
        calls=tuple(calls),
        id="",
        before=(),
    )
