"""What the language has and runs do not carry out yet: such a file is refused, never run in part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from auterity_sdk.diagnostics import Path
from auterity_sdk.expression.templates import texts_in
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.step import (
    AnyStep,
    CallStep,
    ForEachStep,
    RepeatStep,
)

_SECRET = re.compile(r"\s*\$\{\s*secrets\b")


def unsupported(workflow: Workflow) -> Iterator[tuple[Path, str]]:
    """Each place of a workflow that a run would not carry out, and what stands there."""
    waiting: list[tuple[Mapping[str, AnyStep], Path]] = [(workflow.steps, ("steps",))]
    while waiting:
        steps, place = waiting.pop()
        for name, step in steps.items():
            path = (*place, name)
            match step:
                case CallStep():
                    yield from _of_call(step, path)
                case ForEachStep():
                    waiting.append((step.for_each.steps, (*path, "for_each", "steps")))
                case RepeatStep():
                    waiting.append((step.repeat.steps, (*path, "repeat", "steps")))
                case _:
                    continue


def _of_call(step: CallStep, path: Path) -> Iterator[tuple[Path, str]]:
    if "@" in step.call:
        yield (*path, "call"), "a `call` of a certain version"
    for found in texts_in(step.with_, (*path, "with")):
        if _SECRET.match(found.text):
            yield found.path, "a secret in the input of a child run"
