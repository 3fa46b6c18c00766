"""By which value an outside event finds the run that waits for it: of a `match`, what is known when the wait opens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from auterity_sdk.errors import AuterityError
from auterity_sdk.expression.chains import chain_of
from auterity_sdk.expression.engine import Parsed, parse
from auterity_sdk.expression.references import references
from auterity_sdk.expression.spans import span
from auterity_sdk.expression.tree import Call, Node
from auterity_sdk.runs.bindings import bindings
from auterity_sdk.runs.plan import Correlation, Receive
from auterity_sdk.runs.producer import Expr
from auterity_sdk.runs.state import RunState

_EVENT = "event"
_LARGEST = 2.0**64


class Equality(Struct, frozen=True):
    """A part of a `match` that must be true: the event's member is equal to `other`, which does not change while it waits."""

    member: tuple[str, ...]
    other: str


def equality_of(match: str) -> Equality | None:
    """The first such part of a `match`; None where there is none, and any event of the type may be meant."""
    parsed = parse(match)
    if not isinstance(parsed, Parsed):
        return None
    for part in _conjuncts(parsed.node):
        if isinstance(part, Call) and part.function == "_==_":
            left, right = part.arguments
            for asked, other in ((left, right), (right, left)):
                member = _member(asked)
                text = match[slice(*span(match, other))]
                if member and _stays(text):
                    return Equality(member, text)
    return None


def correlation_of(match: str | None, compiled: Callable[[str], Expr]) -> Correlation | None:
    """What is worked out when the wait opens; `compiled` compiles the other side of the equality."""
    found = None if match is None else equality_of(match)
    if found is None:
        return None
    try:
        return Correlation(found.member, compiled(found.other))
    except AuterityError:
        return None  # alone it is no expression: its place in the whole made it one


def correlated(state: RunState, path: str) -> str | None:
    """The text under which an event finds the `receive` at a path; None where any event of its type may be meant."""
    scope, step = state.place(path)
    work = step.work
    if not isinstance(work, Receive) or work.correlation is None:
        return None
    try:
        value = work.correlation.value.value(bindings(state, scope, step, state.at))
    except AuterityError:
        return None
    return _text(work.correlation.member, value)


def texts_of(data: Mapping[str, Any]) -> Iterator[str]:
    """Every text under which a `receive` may wait for an event of that data."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), data)]
    while waiting:
        member, value = waiting.pop()
        if isinstance(value, Mapping):
            waiting.extend(((*member, str(key)), inner) for key, inner in value.items())
        elif (text := _text(member, value)) is not None:
            yield text


def _conjuncts(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Call) and here.function == "_&&_":
            waiting.extend(reversed(here.arguments))
        else:
            yield here


def _member(node: Node) -> tuple[str, ...]:
    chain = chain_of(node)
    if chain is None or chain.optional or chain.root.name != _EVENT:
        return ()
    return chain.members


def _stays(text: str) -> bool:
    """Whether an expression has the same value as long as the run waits, and reads nothing of the event."""
    read = references(text)
    return not any(
        each.root == _EVENT or (each.root == "run" and each.members[:1] in ((), ("now",)))
        for each in read
    )


def _text(member: tuple[str, ...], value: Any) -> str | None:
    """A text that is equal where CEL finds the values equal; None for what is not looked for so."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not -_LARGEST < value < _LARGEST:
            return None
        # CEL holds a whole number against another kind of number as that kind.
        value = float(value)
    if not isinstance(value, str | bool | int | float):
        return None
    return json.dumps([*member, value + 0.0 if isinstance(value, float) else value])
