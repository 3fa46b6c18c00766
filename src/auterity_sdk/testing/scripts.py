"""What a step does in a test instead of its real work: it returns, it raises, or it ends in an outcome."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from pydantic import BaseModel

from auterity_sdk.workflow.duration import Duration

RETRYABLE = frozenset({"network", "rate_limit", "timeout", "exception"})
"""Types of error that may be tried again unless a script says otherwise, as for real steps."""

_INDEX = re.compile(r"\[\d+\]")


class Script(Struct, frozen=True):
    """What attempts do. `times`: so many of them, and then the next script; None: this one and all later ones.

    `takes` is how long an attempt lasts, in milliseconds of the test's own time.
    """

    output: Mapping[str, Any] | BaseModel | None = None
    outcome: str | None = None
    error: str = ""
    message: str = ""
    retryable: bool = False
    retry_after: float | None = None
    function: Callable[..., Any] | None = None
    times: int | None = None
    takes: int = 0


Scripted = Script | Callable[..., Any] | Sequence[Script | Callable[..., Any]]
"""How a test says it: one script or plain function for all attempts, or one after the other."""


def returns(
    output: Mapping[str, Any] | BaseModel,
    outcome: str | None = None,
    *,
    times: int | None = None,
    takes: str = "0s",
) -> Script:
    """The step gives this output, and ends in `outcome`, which a type with several needs.

    The output is held against the step type's own. `takes` is a duration such as `30s`.
    """
    return Script(output=output, outcome=outcome, times=times, takes=_length(takes))


def outcome(name: str, *, times: int | None = None, takes: str = "0s") -> Script:
    """The step ends so. Its output is made up: defaults, else empty texts, zeros and false.

    `uncertain`: nobody knows whether its effect happened. Where the workflow does not name that, the step waits to
    be settled.
    """
    return Script(outcome=name, times=times, takes=_length(takes))


def raises(
    type: str,
    message: str = "as the test says",
    *,
    retryable: bool | None = None,
    retry_after: float | None = None,
    times: int | None = None,
    takes: str = "0s",
) -> Script:
    """The attempt fails with an error of this type, such as `network`; `retry_after` is in seconds.

    Errors of the types network, rate_limit, timeout and exception may be tried again, others not, unless
    `retryable` says so. After `times` attempts the step does its real work.
    """
    return Script(
        error=type,
        message=message,
        retryable=type in RETRYABLE if retryable is None else retryable,
        retry_after=retry_after,
        times=times,
        takes=_length(takes),
    )


class Scripts:
    """The scripts of a test by the path of their step.

    `lenders[1]/submit` is the step of one item, `lenders/submit` of any; `text/compensate` the compensation of
    `text`; `handoff/greet` the step `greet` of the run that the step `handoff` calls.
    """

    def __init__(self, scripts: Mapping[str, Scripted] | None = None) -> None:
        self._scripts = {path: tuple(_listed(each)) for path, each in (scripts or {}).items()}

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that are scripted."""
        return tuple(self._scripts)

    def of(self, path: str, attempt: int) -> Script | None:
        """The script of an attempt (from 1), or None where the step does its real work."""
        scripts = self._scripts.get(path) or self._scripts.get(without_indexes(path), ())
        left = attempt
        for script in scripts:
            if script.times is None or left <= script.times:
                return script
            left -= script.times
        return None


def without_indexes(path: str) -> str:
    """`lenders[2]/submit` → `lenders/submit`."""
    return _INDEX.sub("", path)


def _listed(scripted: Scripted) -> Iterator[Script]:
    """In a list each script is of one attempt, and the last of all that follow."""
    if isinstance(scripted, Script) or callable(scripted):
        yield _as_script(scripted)
        return
    *first, last = (_as_script(each) for each in scripted)
    for script in first:
        yield script if script.times is not None else replace(script, times=1)
    yield last


def _as_script(scripted: Script | Callable[..., Any]) -> Script:
    return scripted if isinstance(scripted, Script) else Script(function=scripted)


def _length(text: str) -> int:
    return Duration.parse(text).milliseconds
