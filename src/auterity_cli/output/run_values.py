"""What a step was given and gave, and its attempts, as lines below it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.text import Text

from auterity_cli.output.printable import one_line
from auterity_sdk.runtime.history import AttemptView
from auterity_sdk.runtime.view import StepView

WIDEST = 110
"""Longer values are cut; --json has them whole."""

LONGEST = 3
"""Longer lists are told by their length."""


def step_lines(step: StepView, indent: str) -> Iterator[Text]:
    """The lines of one step."""
    yield from value_lines(indent, (("with", step.arguments),))
    if len(step.attempts) > 1:
        yield from (_attempt(attempt, indent) for attempt in step.attempts)
    yield from value_lines(indent, (("gave", step.output),))


def value_lines(indent: str, values: Iterable[tuple[str, Any]]) -> Iterator[Text]:
    """A line for each value that holds anything: `with  to="…" purpose="marketing"`."""
    for name, value in values:
        if value not in (None, {}, [], ""):
            yield Text(f"{indent}{name:<5} {one_line(_value(value), WIDEST)}", "dim")


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_json(inner)}" for name, inner in value.items())
    return _json(value)


def _json(value: Any) -> str:
    """The value as JSON; what is in an object, or in a long list, is left to `--json`."""
    if isinstance(value, Mapping) and value:
        return "{…}"
    if isinstance(value, list) and (len(value) > LONGEST or not all(map(_is_plain, value))):
        return f"[… {len(value)}]"
    return json.dumps(value, ensure_ascii=False, default=str)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, Mapping | list)


def _attempt(attempt: AttemptView, indent: str) -> Text:
    text = Text(f"{indent}attempt {attempt.number}", "dim")
    if attempt.ended_at is None:
        return text.append(" runs")
    seconds = (attempt.ended_at - attempt.started_at).total_seconds()
    text.append(f" took {length(seconds)}")
    if attempt.error is not None:
        text.append(f": {attempt.error.type}: {one_line(attempt.error.message)}", "red")
    return text


def length(seconds: float) -> str:
    """A length of time in two units at most: `340 ms`, `4.2 s`, `3 min 5 s`, `2 d 4 h`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    for big, small, size, part in (
        ("min", "s", 60, 1),
        ("h", "min", 3600, 60),
        ("d", "h", 86400, 3600),
    ):
        if seconds < size * (60 if big == "min" else 24) or big == "d":
            whole, rest = divmod(int(seconds), size)
            return f"{whole} {big}" + (f" {rest // part} {small}" if rest // part else "")
    return f"{seconds:.0f} s"
