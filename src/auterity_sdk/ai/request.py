"""What a language model is asked: messages for one that reads them, and the task as data for rules that cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

JsonSchema = Mapping[str, Any]

LONGEST_ANSWER = 1_000
"""Tokens of an answer, where nobody says more or fewer."""

Role = Literal["system", "user", "assistant", "tool"]


class Picture(Struct, frozen=True):
    """A picture that a message shows. `media_type` is `image/png`, `image/jpeg`, `image/webp` or `image/gif`."""

    media_type: str
    content: bytes


class ToolCall(Struct, frozen=True):
    """A model's wish that a tool be called. `arguments` is text as the model wrote it: JSON, if all went well."""

    id: str
    name: str
    arguments: str


class Message(Struct, frozen=True):
    """One message. `calls` are an assistant's; `answers` is the id of the call that a `tool` message answers."""

    role: Role
    text: str = ""
    pictures: tuple[Picture, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    answers: str = ""


class Tool(Struct, frozen=True):
    """A function that the model may ask for. `parameters` is the JSON Schema of an object."""

    name: str
    description: str
    parameters: JsonSchema


class Shape(Struct, frozen=True):
    """The JSON Schema that the answer's text must meet, and a name for it (letters, digits, `_`)."""

    name: str
    schema: JsonSchema


class Classify(Struct, frozen=True, tag="classify"):
    """Pick one label. `labels` are names and what each means."""

    text: str
    labels: Mapping[str, str]


class Extract(Struct, frozen=True, tag="extract"):
    """Read values out of a text. `now` is the reader's local time (RFC 3339), to which `tomorrow` is relative."""

    text: str
    now: str = ""


class Draft(Struct, frozen=True, tag="draft"):
    """Write a text. `facts` are what it may state, by name; `language` is a BCP 47 tag."""

    instructions: str
    facts: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    longest: int = 0
    """Characters; 0 is no bound."""
    text: str = ""
    """What it answers, if anything."""


class Summarize(Struct, frozen=True, tag="summarize"):
    """Shorten a text to so many sentences."""

    text: str
    sentences: int = 3


class Converse(Struct, frozen=True, tag="converse"):
    """Answer a conversation, with the facts that may be stated, or with calls of the tools.

    `text` is what the person said last, as it was written. `found` is what tools gave since then: the name of each
    and what it gave, as JSON. `now` is as in `Extract`.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    text: str = ""
    now: str = ""
    found: tuple[tuple[str, str], ...] = ()


Task = Classify | Extract | Draft | Summarize | Converse
"""What is wanted, as data. A model is told it by the messages; offline rules go by this alone."""


class Request(Struct, frozen=True, kw_only=True):
    """One question to a model.

    `model` is the provider's name of it; empty for the connection's own. `longest_answer` bounds the answer in
    tokens. `temperature` None leaves it to the model, since some take no other.
    """

    task: Task
    messages: tuple[Message, ...]
    model: str = ""
    shape: Shape | None = None
    tools: tuple[Tool, ...] = ()
    longest_answer: int = LONGEST_ANSWER
    temperature: float | None = None
    seed: int | None = None
