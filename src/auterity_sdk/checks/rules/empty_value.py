"""The rule `empty-value`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, keys_at
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Path

_FREE = frozenset(("with", "edit", "output", "labels", "input", "form"))


@rule("AUT208")
def empty_value(subject: Subject) -> Found:
    """A value is left empty.

    ## What it checks

    Keys without a value, and lists, mappings and texts that need at least one member.

    ## Why it matters

    A key without a value is mostly a line that was not finished, or is indented wrongly.

    ## Example

        auterity: 1
        name: demo
        steps:
          route:
            switch: {}

    ## Instead

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
        ends: {hot: route.hot, cold: route.cold}
    """
    paths = [error.path for error in faults(subject, "empty-value")]
    for path in (*paths, *_left_empty(subject)):
        name = next(str(part) for part in reversed(path) if isinstance(part, str))
        advice = "give it a value, or leave the key out"
        yield Finding(f"`{name}` is empty", Location(path, "key"), help=(advice,))


def _left_empty(subject: Subject) -> Iterator[Path]:
    """Keys of the language that are null, which the model takes for left out."""
    waiting: list[tuple[Path, Any]] = [((), subject.data)]
    wrong = {error.path for error in subject.schema_errors}
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(
                ((*path, at), inner)
                for at, inner in enumerate(value)
                if isinstance(inner, dict | list)
            )
        if not isinstance(value, dict):
            continue
        empty = [key for key, inner in value.items() if inner is None]
        known = keys_at(path, subject.data) if empty else ()
        yield from ((*path, key) for key in empty if key in known and (*path, key) not in wrong)
        for key, inner in value.items():
            if isinstance(inner, dict | list) and key not in _FREE:
                waiting.append(((*path, key), inner))
