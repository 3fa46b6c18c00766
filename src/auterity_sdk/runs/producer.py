"""Values that a plan holds ready to be produced: constants, expressions, texts, lists and maps of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from msgspec import Struct

from auterity_sdk.errors import ExpressionError
from auterity_sdk.expression.compile import Compiled
from auterity_sdk.expression.durations import parse_duration, show_duration
from auterity_sdk.expression.problem import AbsentValue
from auterity_sdk.expression.render import render
from auterity_sdk.expression.shortcut import Function, map_of
from auterity_sdk.expression.shortcut_source import Part
from auterity_sdk.workflow.graph import OUTCOME

Lookup = Callable[[str], Any]
"""What a name is bound to, as JSON data; None where it has no value."""


class Expr:
    """A compiled expression. `whole` are the roots that it needs as a whole, `outcomes` the steps of `outcome`.

    `value` gives its value in plain Python, `produce` that as JSON data, `holds` that of a condition. Each raises `ExpressionError`,
    `AbsentValue` among them, and is made when the expression is evaluated again: most are evaluated once in a process, by CEL.
    """

    __slots__ = ("_again", "compiled", "holds", "outcomes", "produce", "roots", "value", "whole")

    def __init__(
        self,
        compiled: Compiled,
        roots: tuple[str, ...],
        whole: tuple[str, ...],
        outcomes: tuple[str, ...],
    ) -> None:
        self.compiled = compiled
        self.roots = roots
        self.whole = whole
        self.outcomes = outcomes
        self._again = False
        self.value: Function = self._value
        self.produce: Function = self._produce
        self.holds: Callable[[Lookup], bool] = self._holds

    def _value(self, lookup: Lookup) -> Any:
        if self._is_again():
            self.value = self._shortcut(self._evaluated)
        return self._evaluated(lookup)

    def _produce(self, lookup: Lookup) -> Any:
        if self._is_again():
            # What needs no CEL is a text, a truth value or a number: JSON data as it is.
            self.produce = self._shortcut(self._plainly)
        return self._plainly(lookup)

    def part(self, key: str) -> Part:
        """The value as that of an entry of a map."""
        path = self.compiled.path
        if path is not None and path[0] != OUTCOME:
            return Part(key, path, self._plainly)
        return Part(key, function=self._shortcut(self._plainly))

    def _plainly(self, lookup: Lookup) -> Any:
        return plain(self._evaluated(lookup))

    def _holds(self, lookup: Lookup) -> bool:
        if self._is_again():
            self.holds = self._shortcut(self._truth, is_condition=True)
        return self._truth(lookup)

    def _is_again(self) -> bool:
        again, self._again = self._again, True
        return again

    def _shortcut(self, ask: Function, *, is_condition: bool = False) -> Function:
        found = self.compiled.shortcut(ask, is_condition=is_condition)
        return found if found is ask or not self.outcomes else _with_outcomes(found, self.outcomes)

    def _evaluated(self, lookup: Lookup) -> Any:
        """The value as CEL's library says."""
        bindings = {root: lookup(root) for root in self.roots}
        if self.outcomes:
            bindings[OUTCOME] = _outcomes(lookup, self.outcomes)
        for root in self.whole:
            if bindings[root] is None:
                raise AbsentValue(f"`{root}` has no value", end=len(self.compiled.text))
        return self.compiled.said_by_cel(bindings)

    def _truth(self, lookup: Lookup) -> bool:
        value = self._evaluated(lookup)
        if value is True or value is False:
            return value
        raise ExpressionError(
            "the condition is neither true nor false", end=len(self.compiled.text)
        )


def expression(compiled: Compiled) -> Expr:
    """A compiled expression, with its reads sorted by how they are bound."""
    roots: dict[str, None] = {}
    whole: dict[str, None] = {}
    outcomes: dict[str, None] = {}
    for read in compiled.references:
        if read.root == OUTCOME:
            outcomes.update(dict.fromkeys(read.members[:1]))
            continue
        roots[read.root] = None
        if read.plain and not read.members:
            whole[read.root] = None
    return Expr(compiled, tuple(roots), tuple(whole), tuple(outcomes))


def _with_outcomes(function: Function, outcomes: tuple[str, ...]) -> Function:
    """The same, where the root of the outcomes is read step by step."""

    def value(lookup: Lookup) -> Any:
        def root(name: str) -> Any:
            return _outcomes(lookup, outcomes) if name == OUTCOME else lookup(name)

        return function(root)

    return value


def _outcomes(lookup: Lookup, steps: tuple[str, ...]) -> dict[str, Any]:
    return {step: lookup(f"{OUTCOME}.{step}") for step in steps}


class Constant(Struct, frozen=True, eq=False):
    """A value without expressions."""

    data: Any

    def produce(self, lookup: Lookup) -> Any:  # noqa: ARG002
        """The value itself."""
        return self.data

    def part(self, key: str) -> Part:
        """The value as that of an entry of a map."""
        return Part(key, constant=self.data)


class Text(Struct, frozen=True, eq=False):
    """A text with expressions in it, rendered."""

    parts: tuple[str | Expr, ...]

    def produce(self, lookup: Lookup) -> Any:
        """The text. Raises `ExpressionError`."""
        return "".join(
            part if isinstance(part, str) else render(part.value(lookup)) for part in self.parts
        )

    def part(self, key: str) -> Part:
        """The text as the value of an entry of a map."""
        return Part(key, function=self.produce)


class Items(Struct, frozen=True, eq=False):
    """A list of which some are produced."""

    items: tuple[Producer, ...]

    def produce(self, lookup: Lookup) -> Any:
        """The list as JSON data. Raises `ExpressionError`."""
        return [item.produce(lookup) for item in self.items]

    def part(self, key: str) -> Part:
        """The list as the value of an entry of a map."""
        return Part(key, function=self.produce)


class Entries:
    """A map of which some values are produced. `produce` gives it as JSON data, raises `ExpressionError`, and is made when it is
    asked again."""

    __slots__ = ("_again", "entries", "produce")

    def __init__(self, entries: tuple[tuple[str, Producer], ...]) -> None:
        self.entries = entries
        self._again = False
        self.produce: Function = self._produce

    def _produce(self, lookup: Lookup) -> Any:
        if self._again:
            self.produce = self._made()
            return self.produce(lookup)
        self._again = True
        return {key: value.produce(lookup) for key, value in self.entries}

    def _made(self) -> Function:
        return map_of(value.part(key) for key, value in self.entries)

    def part(self, key: str) -> Part:
        """The map as the value of an entry of another one."""
        return Part(key, function=self._made())


Producer = Constant | Expr | Text | Items | Entries


def expressions(producer: Producer) -> Iterator[Expr]:
    """The expressions that are evaluated for a value."""
    waiting: list[Producer | str] = [producer]
    while waiting:
        match waiting.pop():
            case Expr() as found:
                yield found
            case Text(parts):
                waiting.extend(parts)
            case Items(items):
                waiting.extend(items)
            case Entries(entries=entries):
                waiting.extend(value for _, value in entries)
            case _:
                continue


def plain(value: Any) -> Any:
    """A value of an expression as JSON data: times as RFC 3339, durations as `1h30m`."""
    match value:
        case dict():
            return {key: plain(inner) for key, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case timedelta():
            return show_duration(timedelta(milliseconds=round(value / timedelta(milliseconds=1))))
        case _:
            return value


def milliseconds(value: Any) -> int:
    """The length of a duration in milliseconds, 0 for a negative one. Raises `ExpressionError`."""
    if isinstance(value, str):
        try:
            value = parse_duration(value)
        except ValueError as error:
            raise ExpressionError(str(error)) from None
    if not isinstance(value, timedelta):
        raise ExpressionError("the value is no duration", help="give one such as `1h30m`")
    return of_timedelta(value)


@lru_cache(maxsize=1024)
def of_timedelta(length: timedelta) -> int:
    """A length in milliseconds, 0 for a negative one."""
    return max(0, round(length / timedelta(milliseconds=1)))


def whole(value: Any) -> int:
    """A whole number from 1. Raises `ExpressionError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ExpressionError("the value is no whole number")
    if value < 1:
        raise ExpressionError(f"the value is {int(value)}, and has to be 1 at least")
    return int(value)


def instant(value: Any, now: int) -> int:
    """When a wait of that value ends, in milliseconds since 1970. Raises `ExpressionError`."""
    if isinstance(value, str) and "T" in value and not value.startswith(("P", "-P")):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ExpressionError("the text is no time such as 2026-11-23T08:00:00Z") from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ExpressionError("the time has no offset from UTC")
        return round((value - _EPOCH) / timedelta(milliseconds=1))
    return now + milliseconds(value)


def moment(at: int) -> datetime:
    """Milliseconds since 1970 as an aware time in UTC."""
    return datetime.fromtimestamp(at / 1000, UTC)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
