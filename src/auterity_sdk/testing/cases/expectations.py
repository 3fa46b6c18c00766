"""What was expected of a run, held against what came about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct

from auterity_sdk.connections.outbox import Message
from auterity_sdk.diagnostics import Path as Place
from auterity_sdk.runtime.view import StepView
from auterity_sdk.testing.cases.model import (
    NOT_REACHED,
    Case,
    ExpectedMessage,
    ExpectedMessages,
    ExpectedStep,
    ExpectedTime,
)
from auterity_sdk.testing.rehearsal import Rehearsal
from auterity_sdk.testing.scripts import without_indexes
from auterity_sdk.workflow.duration import Duration

_LONGEST = 200


class Shortfall(Struct, frozen=True):
    """One thing that is not as expected; `place` is where the expectation stands in the test file."""

    place: Place
    message: str


def shortfalls(case: Case, rehearsal: Rehearsal, at: Place) -> Iterator[Shortfall]:
    """All that is not as expected."""
    yield from _ending(case, rehearsal, at)
    expect = case.expect
    if "output" in expect.model_fields_set:
        yield from _parts(expect.output, rehearsal.run.output, (*at, "output"))
    steps = _Steps(rehearsal)
    for path, wanted in expect.steps.items():
        yield from steps.step(path, wanted, (*at, "steps", path))
    for path, number in expect.attempts.items():
        yield from steps.step(path, ExpectedStep(attempts=number), (*at, "attempts", path))
    for index, path in enumerate(expect.not_reached):
        wanted = ExpectedStep(outcome=NOT_REACHED)
        yield from steps.step(path, wanted, (*at, "not_reached", index))
    for channel, messages in expect.messages.items():
        sent = rehearsal.messages(channel)
        yield from _messages(messages, sent, (*at, "messages", channel))
    if expect.breaches is not None:
        yield from _breaches(expect.breaches, rehearsal, (*at, "breaches"))
    if expect.elapsed is not None:
        yield from _time(expect.elapsed, rehearsal.elapsed, (*at, "elapsed"))


def _ending(case: Case, rehearsal: Rehearsal, at: Place) -> Iterator[Shortfall]:
    expect, run = case.expect, rehearsal.run
    status = expect.status
    if status is None and case.until is None:
        status = "failed" if expect.error is not None else "succeeded"
    if status not in (None, run.status):
        reason = f": {run.error.type}: {run.error.message}" if run.error else ""
        waits = ", ".join(f"{wait.path} ({wait.kind} {wait.what})" for wait in run.waiting)
        more = reason or (f", for {waits}" if waits else "")
        place = (*at, "status") if expect.status else at
        yield Shortfall(place, f"the run: expected {status}, was {run.status}{more}")
    if expect.end not in (None, run.end or "ok"):
        yield _differs((*at, "end"), "end", expect.end, run.end)
    if expect.error is not None:
        error = run.error
        for name in ("type", "step"):
            wanted, was = getattr(expect.error, name), getattr(error, name, None)
            if wanted not in (None, was):
                yield _differs((*at, "error"), f"error.{name}", wanted, was)


class _Steps:
    def __init__(self, rehearsal: Rehearsal) -> None:
        self._by_path: dict[str, list[StepView]] = {}
        for path, step in rehearsal.walk():
            for name in {path, without_indexes(path)}:
                self._by_path.setdefault(name, []).append(step)

    def step(self, path: str, wanted: ExpectedStep, at: Place) -> Iterator[Shortfall]:
        """A path without indexes stands for the step in every item or round."""
        found = self._by_path.get(path, [])
        if not found and wanted.outcome != NOT_REACHED:
            yield _differs(at, path, wanted.outcome or "to run", NOT_REACHED)
        for step in found:
            yield from _step(step, wanted, at)


def _step(step: StepView, wanted: ExpectedStep, at: Place) -> Iterator[Shortfall]:
    state = NOT_REACHED if step.state == "not started" else step.state
    if wanted.outcome not in (None, state):
        because = f" ({step.error.type}: {step.error.message})" if step.error else ""
        yield _differs(at, step.path, wanted.outcome, state, because)
    if wanted.attempts not in (None, step.attempt):
        yield _differs(at, f"{step.path}, attempts", wanted.attempts, step.attempt)
    if wanted.error not in (None, step.error.type if step.error else None):
        was = step.error.type if step.error else "no error"
        yield _differs(at, f"{step.path}, error", wanted.error, was)
    if "output" in wanted.model_fields_set:
        yield from _parts(wanted.output, step.output, at, f"{step.path}, output")


def _parts(wanted: Any, was: Any, at: Place, name: str = "output") -> Iterator[Shortfall]:
    """Of a map the keys that are expected, of a list all members."""
    if isinstance(wanted, Mapping) and isinstance(was, Mapping):
        for key, inner in wanted.items():
            if key not in was:
                near = ", ".join(was) or "nothing"
                yield Shortfall((*at, key), f"{name}.{key}: is not there (there is {near})")
            else:
                yield from _parts(inner, was[key], (*at, key), f"{name}.{key}")
    elif _is_list(wanted) and _is_list(was) and len(wanted) == len(was):
        for index, (inner, own) in enumerate(zip(wanted, was, strict=True)):
            yield from _parts(inner, own, (*at, index), f"{name}[{index}]")
    elif wanted != was or isinstance(wanted, bool) != isinstance(was, bool):
        yield _differs(at, name, wanted, was)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _messages(wanted: ExpectedMessages, sent: Sequence[Message], at: Place) -> Iterator[Shortfall]:
    channel = str(at[-1])
    if wanted.count not in (None, len(sent)):
        yield _differs(at, f"messages by {channel}", wanted.count, len(sent))
    if wanted.each is None:
        return
    if len(wanted.each) != len(sent):
        yield _differs(at, f"messages by {channel}", len(wanted.each), len(sent))
    for index, (one, message) in enumerate(zip(wanted.each, sent, strict=False)):
        yield from _message(one, message, (*at, index), f"{channel}[{index}]")


def _message(
    wanted: ExpectedMessage, message: Message, at: Place, name: str
) -> Iterator[Shortfall]:
    if wanted.to not in (None, message.to):
        yield _differs((*at, "to"), f"{name}.to", wanted.to, message.to)
    for part in ("subject", "body"):
        text, was = getattr(wanted, part), getattr(message, part)
        if text is not None and text not in was:
            said = f"{name}.{part}: expected a text with {_shown(text)}, was {_shown(was)}"
            yield Shortfall((*at, part), said)


def _breaches(wanted: Sequence[str], rehearsal: Rehearsal, at: Place) -> Iterator[Shortfall]:
    broken = dict.fromkeys(each.guarantee for each in rehearsal.breaches())
    for index, guarantee in enumerate(wanted):
        if guarantee not in broken:
            yield Shortfall((*at, index), f"expected to be breached, was kept: {guarantee}")
    for guarantee in broken:
        if guarantee not in wanted:
            yield Shortfall(at, f"expected to be kept, was breached: {guarantee}")


def _time(wanted: ExpectedTime, was: timedelta, at: Place) -> Iterator[Shortfall]:
    took = Duration(round(was / timedelta(milliseconds=1)))
    if wanted.least == wanted.most and wanted.least not in (None, took):
        yield Shortfall(at, f"the run took: expected {wanted.least}, was {took}")
    elif wanted.least is not None and took < wanted.least:
        yield Shortfall(at, f"the run took: expected at least {wanted.least}, was {took}")
    elif wanted.most is not None and took > wanted.most:
        yield Shortfall(at, f"the run took: expected at most {wanted.most}, was {took}")


def _differs(at: Place, name: str, wanted: object, was: object, because: str = "") -> Shortfall:
    return Shortfall(at, f"{name}: expected {_shown(wanted)}, was {_shown(was)}{because}")


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
