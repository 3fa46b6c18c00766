"""The reference of the built-in step types."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.steps.output import Outcome
from auterity_sdk.steps.step_type import StepType
from tools.pages.json_types import default, shown
from tools.pages.tables import table

_REFERENCE = re.compile(r'"#/\$defs/(\w+)"')


def reference() -> str:
    """Each step type: what it does, its arguments, outcomes and output."""
    registry = builtin_registry()
    found = [registry.step_type(name) for name in sorted(registry.step_type_names())]
    return "\n\n".join(_section(each) for each in found if each is not None)


def _section(made: StepType[..., Any]) -> str:
    parts = [
        f"## `{made.name}`",
        inspect.getdoc(made.function) or "",
        _arguments(made),
        f"Outcomes: {_outcomes(made)}.",
        _output(made),
        *_parts(made),
    ]
    if not made.idempotent:
        parts.insert(2, "A repeated attempt may act twice on the other side.")
    return "\n\n".join(part for part in parts if part)


def _arguments(made: StepType[..., Any]) -> str:
    known = made.signature.definitions
    rows = [
        (
            f"`{name}`",
            shown(found.schema, known),
            "required" if found.required else default(found.default),
            found.description,
        )
        for name, found in made.signature.parameters.items()
    ]
    return _without_empty(("argument", "type", "default", "note"), rows)


def _outcomes(made: StepType[..., Any]) -> str:
    model = made.output_model
    named = ((name, getattr(model, name, None)) for name in made.outcomes)
    return ", ".join(f"`{name}`{_note(name, found)}" for name, found in named)


def _note(name: str, outcome: object) -> str:
    said = outcome.description if isinstance(outcome, Outcome) and name != "ok" else ""
    return f" ({said})" if said else ""


def _output(made: StepType[..., Any]) -> str:
    output, known = made.signature.output, made.signature.definitions
    rows = [
        (f"`{name}`", shown(schema, known), schema.get("description", ""))
        for name, schema in output.get("properties", {}).items()
    ]
    if not rows:
        return "It has no output."
    return _without_empty(("output", "type", "note"), rows)


def _parts(made: StepType[..., Any]) -> Iterator[str]:
    """The objects in arguments and output that have no name of their own in a file."""
    known, named = made.signature.definitions, builtin_registry().type_names()
    reached = _reached(made)
    for name in sorted(reached.difference(named)):
        fields = known[name].get("properties", {})
        if fields:
            said = ", ".join(
                f"`{field}` ({shown(found, known)})" for field, found in fields.items()
            )
            yield f"{name}: {said}."


def _reached(made: StepType[..., Any]) -> set[str]:
    """The definitions that arguments and output name, without those inside a named type."""
    known, named = made.signature.definitions, builtin_registry().type_names()
    waiting = [found.schema for found in made.signature.parameters.values()]
    waiting.append(made.signature.output)
    reached: set[str] = set()
    while waiting:
        for name in set(_REFERENCE.findall(json.dumps(waiting.pop()))) - reached:
            reached.add(name)
            if name not in named:
                waiting.append(known[name])
    return reached


def _without_empty(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table without its last column where no row has anything to say there."""
    if not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return table(head, rows)
