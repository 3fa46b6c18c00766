"""The port to language models, answered by rules."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from auterity_sdk.ai.language_model import OFFLINE, Answer, OnText, Usage, Vectors, Verdict
from auterity_sdk.ai.offline.classify import classify
from auterity_sdk.ai.offline.embedding import EMBEDDING_MODEL, embed
from auterity_sdk.ai.offline.extraction.fill import fill
from auterity_sdk.ai.offline.extraction.message import read_message
from auterity_sdk.ai.offline.moderation import harmful
from auterity_sdk.ai.offline.summarize import summarize
from auterity_sdk.ai.offline.writing.converse import Reply, converse
from auterity_sdk.ai.offline.writing.draft import draft
from auterity_sdk.ai.prompts import PERSON
from auterity_sdk.ai.request import Classify, Converse, Draft, Extract, Request, Shape, Summarize
from auterity_sdk.ai.tokens import tokens_asked, tokens_of
from auterity_sdk.dealership.plain_text import clean_text

MODEL = "rules-1"
"""The name of these rules; others that answer otherwise get another."""


class OfflineModel:
    """Implements `LanguageModel` by rules: the same answer to the same question, no network, no cost.

    It knows what customers of a dealership write in English and Spanish, and goes by `request.task` alone. What no
    rule reaches is not answered: the text is JSON that does not meet the shape, or empty where there is no shape.
    """

    provider = OFFLINE
    model = MODEL

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """The answer of the rules."""
        reply = _reply(request)
        if on_text is not None and reply.text:
            on_text(reply.text)
        return Answer(
            text=reply.text,
            calls=reply.calls,
            finish="calls" if reply.calls else "stop",
            usage=Usage(tokens_asked(request), _tokens_of(reply), estimated=True),
            provider=OFFLINE,
            model=MODEL,
        )

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:  # noqa: ARG002 - there is one
        """Hashed words, and parts of words: near are texts that share them."""
        vectors = tuple(embed(_plain(text)) for text in texts)
        return Vectors(
            vectors, Usage(sum(map(tokens_of, texts)), 0, estimated=True), OFFLINE, EMBEDDING_MODEL
        )

    async def moderate(self, text: str) -> Verdict:
        """What plain words tell."""
        return Verdict(
            harmful(_plain(text)), Usage(tokens_of(text), 0, estimated=True), OFFLINE, MODEL
        )


def _tokens_of(reply: Reply) -> int:
    return tokens_of(reply.text) + sum(tokens_of(call.arguments) for call in reply.calls)


def _reply(request: Request) -> Reply:
    if isinstance(request.task, Converse):
        return _spoken(converse(request.task, request), request.shape)
    return Reply(_said(request.task, request))


def _spoken(reply: Reply, shape: Shape | None) -> Reply:
    """A reply as the shape has it; one that may say that a person should take over has a field for that."""
    if reply.calls or shape is None:
        return reply
    if PERSON not in shape.schema.get("properties", {}):
        return Reply(_shaped(reply.text, shape))
    told = bool(reply.text) or reply.person
    return Reply(_json({"reply": reply.text, PERSON: reply.person} if told else {}))


def _said(task: Classify | Extract | Draft | Summarize, request: Request) -> str:
    match task:
        case Classify(text, labels):
            choice = classify(_plain(text), labels)
            return _json({"label": choice.label, "confidence": choice.confidence})
        case Extract(text, now):
            schema: Mapping[str, Any] = request.shape.schema if request.shape else {}
            return _json(fill(read_message(_plain(text), now), schema))
        case Summarize(text, sentences):
            return _shaped(summarize(_plain(text), sentences), request.shape)
        case Draft():
            return _shaped(draft(task), request.shape)


def _shaped(text: str, shape: Shape | None) -> str:
    """A text as the shape has it: in its first field that holds text."""
    if shape is None:
        return text
    properties: Mapping[str, Any] = shape.schema.get("properties", {})
    name = next((name for name, each in properties.items() if each.get("type") == "string"), None)
    return _json({name: text} if name and text else {})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(text: str) -> str:
    """Without hidden characters, and with each accented letter as one."""
    return unicodedata.normalize("NFC", clean_text(text))
