"""A conversation with a model as data: what a workflow carries from one round to the next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from auterity_sdk.ai.language_model import Answer
from auterity_sdk.ai.prompts import fenced
from auterity_sdk.ai.request import Message, ToolCall
from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.dealership.plain_text import clean_text

LONGEST_RESULT = 20_000
"""Characters of what a tool gave that a model is told, as JSON."""

_FreeText = Annotated[str, Classified(DataClass.FREE_TEXT)]


class ConversationCall(BaseModel):
    """A call of a tool, as the model wrote it. `arguments` are JSON."""

    model_config = ConfigDict(extra="forbid")

    id: str
    tool: str
    arguments: _FreeText


class ConversationTurn(BaseModel):
    """What one side said: `user` is who is talked with, `assistant` the model, `tool` what a tool gave, as JSON.

    `calls` are an assistant's; `answers` is the id of the call that a tool's turn answers.
    """

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant", "tool"]
    text: _FreeText = ""
    calls: list[ConversationCall] = Field(default_factory=list)
    answers: str = ""


Conversation = Sequence[ConversationTurn]


def unanswered(conversation: Conversation) -> tuple[ConversationCall, ...]:
    """The calls of the model's last turn that no tool has answered, in the order in which it made them."""
    answered: set[str] = set()
    for turn in reversed(conversation):
        if turn.role != "tool":
            return tuple(call for call in turn.calls if call.id not in answered)
        answered.add(turn.answers)
    return ()


def asked(text: str) -> ConversationTurn:
    """What somebody said to the model, without characters that nobody sees."""
    return ConversationTurn(role="user", text=clean_text(text))


def replied(text: str) -> ConversationTurn:
    """What the model said."""
    return ConversationTurn(role="assistant", text=text)


def called(answer: Answer, before: Conversation) -> ConversationTurn:
    """The calls of an answer. One that is made twice in it stands there once; ids that are none are made."""
    taken = {call.id for turn in before for call in turn.calls}
    calls: list[ConversationCall] = []
    for each in answer.calls:
        if any((call.tool, call.arguments) == (each.name, each.arguments) for call in calls):
            continue
        own = each.id if each.id and each.id not in taken else f"call_{len(taken) + 1}"
        taken.add(own)
        calls.append(ConversationCall(id=own, tool=each.name, arguments=each.arguments))
    return ConversationTurn(role="assistant", text=answer.text, calls=calls)


def given(call: ConversationCall, result: Any) -> ConversationTurn:
    """What a tool gave. Raises ValueError for more than a model is told."""
    text = json.dumps(result, ensure_ascii=False)
    if len(text) > LONGEST_RESULT:
        raise ValueError(
            f"what `{call.tool}` gave has {len(text):,} characters, {LONGEST_RESULT:,} are the most"
        )
    return ConversationTurn(role="tool", text=text, answers=call.id)


def last_round(conversation: Conversation) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What the person said last, and what tools gave since then: each with its name, as JSON."""
    place = max((at for at, turn in enumerate(conversation) if turn.role == "user"), default=-1)
    said = conversation[place].text if place >= 0 else ""
    gave = results(conversation[max(place, 0) :])
    return said, tuple((tool, json.dumps(each, ensure_ascii=False)) for tool, each in gave)


def results(conversation: Conversation) -> Iterator[tuple[str, Any]]:
    """What tools gave, each with the tool's name."""
    tools = {call.id: call.tool for turn in conversation for call in turn.calls}
    for turn in conversation:
        if turn.role == "tool":
            yield tools.get(turn.answers, ""), json.loads(turn.text)


def messages(conversation: Iterable[ConversationTurn]) -> tuple[Message, ...]:
    """The conversation as a model is told it: what others wrote is fenced off as data, and so is what tools gave."""
    return tuple(_message(turn) for turn in conversation)


def _message(turn: ConversationTurn) -> Message:
    if turn.role == "assistant":
        calls = tuple(ToolCall(call.id, call.tool, call.arguments) for call in turn.calls)
        return Message("assistant", turn.text, calls=calls)
    return Message(turn.role, fenced(turn.text), answers=turn.answers)
