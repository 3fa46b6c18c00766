"""CEL text put together from Python values and symbols: quoting, precedence, member chains."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum, IntEnum
from typing import Any

from msgspec import Struct
from pydantic import BaseModel

from auterity_sdk.errors import BuildError
from auterity_sdk.workflow.builder.built_step import BuiltStep
from auterity_sdk.workflow.builder.source import refuse
from auterity_sdk.workflow.duration import Duration

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
NO_MEMBERS = frozenset({"in", "true", "false", "null"})
"""Words that CEL does not take as the name of a member."""

_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INT_RANGE = range(-(2**63), 2**63)


class Level(IntEnum):
    """How tightly an expression's outermost operator binds."""

    CHOICE = 0
    OR = 1
    AND = 2
    RELATION = 3
    SUM = 4
    PRODUCT = 5
    UNARY = 6
    MEMBER = 7


class Cel(Struct, frozen=True):
    """An expression: its text, how tightly it binds, and the steps whose values went into it.

    `receiver` and `member` are set for a member's read, which a call makes into a method's call.
    """

    text: str
    level: Level = Level.MEMBER
    steps: frozenset[BuiltStep] = frozenset()
    receiver: Cel | None = None
    member: str = ""

    def at_least(self, level: Level) -> str:
        """The text, in brackets where it binds less tightly than `level`."""
        return self.text if self.level >= level else f"({self.text})"


class Symbolic:
    """A value that is known in the run only; `_cel` says how it is worked out."""

    __slots__ = ("_cel",)

    def __init__(self, cel: Cel) -> None:
        object.__setattr__(self, "_cel", cel)

    @property
    def __cel__(self) -> Cel:
        cel: Cel = object.__getattribute__(self, "_cel")
        return cel


def binary(operator: str, left: object, right: object, level: Level) -> Cel:
    """`left operator right`; a relation inside a relation is put into brackets."""
    first, second = cel_of(left), cel_of(right)
    inner = Level(level + 1)
    outer = inner if level is Level.RELATION else level
    text = f"{first.at_least(outer)} {operator} {second.at_least(inner)}"
    return Cel(text, level, first.steps | second.steps)


def unary(operator: str, value: object) -> Cel:
    """`operator value`."""
    cel = cel_of(value)
    return Cel(operator + cel.at_least(Level.MEMBER), Level.UNARY, cel.steps)


def select(of: Cel, member: object, *, optional: bool = False) -> Cel:
    """`of.member`, or `of[member]` where the member is no name; `.?` with `optional`."""
    base, mark = of.at_least(Level.MEMBER), "?" if optional else ""
    if isinstance(member, str) and IDENTIFIER.match(member) and member not in NO_MEMBERS:
        return Cel(f"{base}.{mark}{member}", Level.MEMBER, of.steps, of, member)
    key = cel_of(member)
    return Cel(f"{base}[{mark}{key.text}]", Level.MEMBER, of.steps | key.steps)


def call(function: str, *arguments: object, on: Cel | None = None) -> Cel:
    """`function(arguments)`, or `on.function(arguments)`."""
    cels = [cel_of(argument) for argument in arguments]
    steps = frozenset[BuiltStep]().union(*(cel.steps for cel in cels), on.steps if on else ())
    target = f"{on.at_least(Level.MEMBER)}." if on else ""
    return Cel(f"{target}{function}({', '.join(cel.text for cel in cels)})", Level.MEMBER, steps)


def cel_of(value: object) -> Cel:
    """The expression of a symbol, or of a plain Python value."""
    match value:
        case Symbolic():
            return value.__cel__
        case Enum():
            return cel_of(value.value)
        case None | bool():
            return Cel({None: "null", True: "true", False: "false"}[value])
        case str():
            return Cel(quoted(value))
        case int():
            if value not in _INT_RANGE:
                raise refuse("a whole number is out of the range of 64 bits", "use a float")
            return _number(value)
        case float():
            if not math.isfinite(value):
                raise refuse(f"`{value}` has no spelling in a workflow", "use a finite number")
            return _number(value)
        case BaseModel():
            return cel_of(value.model_dump(mode="json"))
        case Mapping():
            return _map(value)
        case list() | tuple():
            parts = [cel_of(item) for item in value]
            return _joined("[", parts, [part.text for part in parts], "]")
    return _time(value)


def quoted(text: str) -> str:
    """A CEL string literal."""
    letters = (
        _ESCAPES.get(letter) or (letter if letter.isprintable() else _escaped(letter))
        for letter in text
    )
    return f"'{''.join(letters)}'"


def _escaped(letter: str) -> str:
    code = ord(letter)
    if 0xD800 <= code <= 0xDFFF:
        raise refuse("a text holds half of a surrogate pair", "write the whole character")
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _number(value: float) -> Cel:
    return Cel(repr(value), Level.UNARY if value < 0 else Level.MEMBER)


def _map(value: Mapping[Any, object]) -> Cel:
    pairs = [(cel_of(key), cel_of(item)) for key, item in value.items()]
    texts = [f"{key.text}: {item.text}" for key, item in pairs]
    return _joined("{", [cel for pair in pairs for cel in pair], texts, "}")


def _joined(opening: str, parts: list[Cel], texts: list[str], closing: str) -> Cel:
    steps = frozenset[BuiltStep]().union(*(part.steps for part in parts))
    return Cel(opening + ", ".join(texts) + closing, Level.MEMBER, steps)


def _time(value: object) -> Cel:
    if isinstance(value, Duration):
        return _time(value.timedelta)
    if isinstance(value, timedelta):
        return Cel(f"duration('{value / timedelta(milliseconds=1):.0f}ms')")
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return Cel(f"'{value.isoformat()}'")
    raise unspellable(value)


def _moment(value: datetime) -> Cel:
    if value.tzinfo is None:
        raise refuse("a time without its zone means nothing", "write datetime(…, tzinfo=UTC)")
    return Cel(f"timestamp('{value.isoformat()}')")


def unspellable(value: object) -> BuildError:
    """The error for a Python value that a workflow cannot hold."""
    return refuse(
        f"a value of type `{type(value).__name__}` has no spelling in a workflow",
        "pass text, numbers, booleans, lists, dicts, durations, models or what a step gave",
    )
