"""Functions and names that workflow functions write values with."""

from __future__ import annotations

from collections.abc import Sized
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Protocol, TypeVar, cast

from auterity_sdk.workflow.builder.cel import Cel, Level, Symbolic, binary, call, cel_of, unary
from auterity_sdk.workflow.builder.source import refuse
from auterity_sdk.workflow.builder.step_value import step_of
from auterity_sdk.workflow.builder.symbol import OptionalSymbol, Plain
from auterity_sdk.workflow.builder.value import Text, Verbatim

T = TypeVar("T")


class RunNames(Protocol):
    """To a type checker: what a workflow reads of its run. `end` is known in the output only."""

    id: str
    started_at: datetime
    now: datetime
    requester: Any
    end: str


run: RunNames = cast("RunNames", Plain(Cel("run")))
"""The run itself: `run.id`, `run.now`, …"""

secrets: Any = Plain(Cel("secrets"))
"""The project's secrets, each only alone as an argument: `key=secrets.CRM_KEY`."""

connections: Any = Plain(Cel("connections"))
"""The configured outside systems."""

event: Any = Plain(Cel("event"))
"""The outside event, in the `match` of `receive`: `event["from"]`."""

inputs: Any = Plain(Cel("input"))
"""The workflow's input, for a name that Python does not take as a parameter: `inputs["class"]`."""


def expr(text: str) -> Any:
    """An expression in CEL, for what Python's operators do not say. Names are those of the file."""
    return Plain(Cel(text, Level.CHOICE))


def verbatim(text: str) -> Any:
    """Text as a workflow file holds it: `${…}` in it is an expression. Elsewhere text is only text."""
    return Verbatim(text)


def text(*parts: object) -> str:
    """Text with values of the run: `text("Hi ", lead.first_name, "!")`."""
    flat = (part.__parts__ if isinstance(part, Text) else (part,) for part in parts)
    return cast("str", Text(tuple(chain.from_iterable(flat))))


def not_(value: object) -> bool:
    """CEL's `!value`, in place of Python's `not`."""
    return cast("bool", Plain(unary("!", value)))


def has(member: object) -> bool:
    """Whether a field is there: `has(lead.phone)`."""
    cel = cel_of(member)
    if not isinstance(member, Symbolic) or cel.receiver is None:
        raise refuse("`has` asks for a field", "write has(value.field)")
    return cast("bool", Plain(call("has", member)))


def present(value: T | None) -> T:
    """The same value; to a type checker one that is there. The checker proves it, or says so."""
    return cast("T", value)


def optional(value: object) -> Any:
    """A value whose members may be missing: `optional(lead).vehicle.model.or_value("car")`."""
    return OptionalSymbol(cel_of(value))


def outcome(step: object) -> str:
    """The outcome in which a step ended, as text; reading it only waits."""
    built = step_of(step)
    return cast("str", Plain(Cel(f"outcome.{built.id}", steps=frozenset({built}))))


def size(value: Sized) -> int:
    """The length of a text, list or dict, in place of `len()`."""
    return cast("int", Plain(call("size", value)))


def contains(values: object, value: object) -> bool:
    """Whether a list holds a value, or a dict a key, in place of Python's `in`."""
    return cast("bool", Plain(binary("in", value, values, Level.RELATION)))


def choose(condition: bool, then: T, otherwise: T) -> T:
    """One value or the other, in place of Python's `… if … else …`."""
    cels = [cel_of(each) for each in (condition, then, otherwise)]
    parts = [cel.at_least(Level.OR) for cel in cels]
    steps = cels[0].steps | cels[1].steps | cels[2].steps
    made = Cel(f"{parts[0]} ? {parts[1]} : {parts[2]}", Level.CHOICE, steps)
    return cast("T", Plain(made))


def days(count: float) -> timedelta:
    """So many days of 24 hours."""
    return cast("timedelta", Plain(call("days", count)))
