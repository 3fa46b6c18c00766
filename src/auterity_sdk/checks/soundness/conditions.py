"""What a condition says of a run: outcomes and values that are known, and for the rest a choice of its own.

Equal conditions share their choice. A condition is true, false, or (an error) neither, as in CEL.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from msgspec import Struct

from auterity_sdk.expression.chains import Chain, chain_of, presence_of
from auterity_sdk.expression.engine import Parsed, parse
from auterity_sdk.expression.tree import Call, Constant, Node, children

_SAME_ALL_RUN = frozenset({"id", "started_at", "requester"})
_OPPOSITES = {"_!=_": "_==_", "_<_": "_>=_", "_>_": "_<=_"}


class Always(Struct, frozen=True):
    """A condition that is known."""

    value: bool


class Free(Struct, frozen=True):
    """A condition that may come out either way. Those of one key come out alike."""

    key: Any


class OutcomeIs(Struct, frozen=True):
    """`outcome.step == 'outcome'`."""

    step: str
    outcome: str


class HasValue(Struct, frozen=True):
    """Whether a member of a step's value is there: surely not where the step has no value.

    `direct`: the member is the value's own, so that the question has an answer without the value too.
    """

    step: str
    free: Free
    direct: bool


class Not(Struct, frozen=True):
    """The opposite."""

    inner: Condition


class Several(Struct, frozen=True):
    """Two conditions, joined by `&&` or (`either`) by `||`."""

    left: Condition
    right: Condition
    either: bool


Condition: TypeAlias = Always | Free | OutcomeIs | HasValue | Not | Several


class Reader:
    """Reads the conditions of one graph, whose ids are `steps`."""

    def __init__(self, steps: frozenset[str]) -> None:
        self._steps = steps

    def read(self, text: str, place: object, hidden: frozenset[str]) -> Condition:
        """The condition written in `text` at `place`; `hidden` are steps that may not be settled when it is read.

        One that cannot be parsed may come out either way.
        """
        parsed = parse(text)
        if not isinstance(parsed, Parsed):
            return Free((place, text))
        return self._of(parsed.node, (place, text), hidden)

    def _of(self, node: Node, place: object, hidden: frozenset[str]) -> Condition:
        match node:
            case Constant(value=bool(value)):
                return Always(value)
            case Call(function="!_", arguments=(inner,)):
                return Not(self._of(inner, place, hidden))
            case Call(function="_&&_" | "_||_" as function, arguments=(left, right)):
                one, two = (self._of(side, place, hidden) for side in (left, right))
                return Several(one, two, either=function == "_||_")
        return self._told(node, hidden) or self._leaf(node, place, hidden)

    def _told(self, node: Node, hidden: frozenset[str]) -> Condition | None:
        """What the graph itself knows the answer to."""
        match node:
            case Call(function="_==_" | "_!=_" as function, arguments=(left, right)):
                asked, said = (right, left) if isinstance(left, Constant) else (left, right)
                step = _outcome_read(asked)
                if step in self._steps - hidden and isinstance(said, Constant):
                    found = OutcomeIs(step or "", str(said.value))
                    return found if function == "_==_" else Not(found)
        asked_for = presence_of(node)
        chain = chain_of(asked_for.member) if asked_for else None
        if asked_for is None or chain is None or not self._is_value(chain, hidden):
            return None
        there = HasValue(chain.root.name, Free(_key(asked_for.member)), len(chain.members) == 1)
        return there if asked_for.positive else Not(there)

    def _is_value(self, chain: Chain, hidden: frozenset[str]) -> bool:
        return chain.root.name in self._steps - hidden

    def _leaf(self, node: Node, place: object, hidden: frozenset[str]) -> Condition:
        if not _same_all_run(node, hidden):
            return Free((place, _key(node)))
        if isinstance(node, Call) and node.function in _OPPOSITES:
            return Not(Free(("call", _OPPOSITES[node.function], *map(_key, node.arguments))))
        if isinstance(node, Call) and node.target is None:
            return Free(("call", node.function, *map(_key, node.arguments)))
        return Free(_key(node))


def free_parts(condition: Condition) -> Iterator[Free]:
    """The choices that a condition leaves."""
    match condition:
        case Free():
            yield condition
        case HasValue(free=free):
            yield free
        case Not(inner=inner):
            yield from free_parts(inner)
        case Several(left=left, right=right):
            yield from free_parts(left)
            yield from free_parts(right)


def _outcome_read(node: Node) -> str | None:
    chain = chain_of(node)
    if chain is None or chain.root.name != "outcome" or len(chain.members) != 1 or chain.optional:
        return None
    return chain.members[0]


def _same_all_run(node: Node, hidden: frozenset[str]) -> bool:
    """Whoever reads it, and whenever, finds the same value."""
    chain = chain_of(node)
    if chain is not None:
        root, first = chain.root.name, chain.members[0] if chain.members else ""
        if root == "run":
            return first in _SAME_ALL_RUN
        return root not in hidden and (root != "outcome" or (bool(first) and first not in hidden))
    return all(_same_all_run(child, hidden) for child in children(node))


def _key(node: Any) -> Any:
    """The tree without its positions."""
    if isinstance(node, tuple):
        return tuple(map(_key, node))
    if not isinstance(node, Struct):
        return (type(node), node)
    parts = (getattr(node, name) for name in node.__struct_fields__ if name not in ("id", "at"))
    return (type(node).__name__, *map(_key, parts))
