"""Which places of a file hold expressions, edges, or names of step types, workflows and types."""

from __future__ import annotations

from typing import NamedTuple

from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.needs import JoinKind
from auterity_sdk.workflow.occurrences import Role
from auterity_sdk.workflow.step import KINDS

_BODIES = ("for_each", "repeat")
_JOIN_LISTS = frozenset({*(kind.value for kind in JoinKind if kind is not JoinKind.AT_LEAST), "of"})


class Expected(NamedTuple):
    """The expression at a place. `templated`: it stands in `${…}` within the value."""

    role: Role
    templated: bool


_PLAIN: dict[Path, Role] = {
    ("when",): Role.WHEN,
    ("lock",): Role.LOCK,
    ("cache", "key"): Role.LOCK,
    ("receive", "match"): Role.MATCH,
    ("for_each", "in"): Role.IN,
    ("for_each", "where"): Role.WHERE,
    ("for_each", "more"): Role.MORE,
    ("repeat", "until"): Role.UNTIL,
    ("concurrency", "key"): Role.KEY,
    ("idempotency_key",): Role.KEY,
    ("priority",): Role.PRIORITY,
}
_TEMPLATED: dict[Path, Role] = {
    ("with",): Role.WITH,
    ("compensate", "with"): Role.COMPENSATE,
    ("compensate", "timeout"): Role.COMPENSATE,
    ("compensate", "retry", "timeout"): Role.COMPENSATE,
    ("retry", "timeout"): Role.TIMEOUT,
    ("timeout",): Role.TIMEOUT,
    ("receive", "timeout"): Role.TIMEOUT,
    ("approve", "timeout"): Role.TIMEOUT,
    ("approve", "quorum"): Role.COUNT,
    ("for_each", "first"): Role.COUNT,
    ("approve", "title"): Role.FORM,
    ("approve", "form"): Role.FORM,
    ("approve", "edit"): Role.FORM,
    ("wait",): Role.WAIT,
    ("output",): Role.OUTPUT,
    ("for_each", "output"): Role.OUTPUT,
    ("repeat", "output"): Role.OUTPUT,
}


def in_step(path: Path) -> tuple[Path, Path]:
    """The path of the innermost step that a place is in, empty outside of steps; and the rest below it."""
    at = 0
    for index in range(len(path) - 1):
        begins = index == 0 or (index >= 1 and path[index - 1] in _BODIES and index - 1 == at)
        if path[index] == "steps" and begins:
            at = index + 2
    return path[:at], path[at:]


def expected_at(path: Path) -> Expected | None:
    """The expression that a value at a path is or may hold."""
    step, rest = in_step(path)
    if step and len(rest) == 2 and rest[0] == "switch":
        return Expected(Role.CASE, False)
    if not step and rest[:1] == ("triggers",):
        return _in_trigger(rest[2:])
    if not step and rest[:1] == ("timeout",):
        return None
    if rest in _PLAIN:
        return Expected(_PLAIN[rest], False)
    for length in (1, 2, 3):
        role = _TEMPLATED.get(rest[:length])
        if role is not None:
            return Expected(role, True)
    return None


def _in_trigger(rest: Path) -> Expected | None:
    if rest == ("event", "match"):
        return Expected(Role.TRIGGER, False)
    if rest in (("rate_limit", "key"), ("debounce", "key")):
        return Expected(Role.TRIGGERED, False)
    return Expected(Role.TRIGGERED, True) if rest[:1] == ("input",) and len(rest) > 1 else None


def is_edge(path: Path) -> bool:
    """A value at this path names a step and an outcome."""
    step, rest = in_step(path)
    if step and rest[:1] == ("needs",):
        below = rest[1:]
    elif not step and rest[:1] == ("ends",) and len(rest) > 1:
        below = rest[2:]
    else:
        return False
    while below and isinstance(below[0], int):
        below = below[1:]
    return not below or (below[0] in _JOIN_LISTS and len(below) <= 2)


def is_uses(path: Path) -> bool:
    """A value at this path names a step type."""
    step, rest = in_step(path)
    return bool(step) and rest in (("uses",), ("compensate", "uses"))


def is_call(path: Path) -> bool:
    """A value at this path names a workflow."""
    step, rest = in_step(path)
    return bool(step) and rest == ("call",)


def is_type(path: Path) -> bool:
    """A value at this path names a type, or is a JSON Schema that may."""
    step, rest = in_step(path)
    inner = rest[2:] if step and rest[:2] == ("approve", "form") else rest[1:]
    if not (rest[:1] == ("input",) and not step) and not (step and rest[:2] == ("approve", "form")):
        return False
    return len(inner) == 1 or (len(inner) > 1 and inner[-1] in ("type", "items"))


def is_arguments(path: Path) -> bool:
    """The keys of the mapping at this path are arguments of a step type or workflow."""
    step, rest = in_step(path)
    return bool(step) and rest in (("with",), ("compensate", "with"))


def is_step(path: Path) -> bool:
    """A step stands at this path."""
    step, rest = in_step(path)
    return bool(step) and not rest


def kind_among(keys: tuple[str, ...]) -> str | None:
    """The kind of a step with these keys, None where none of them tells it."""
    return next((kind for kind in KINDS if kind in keys), None)
