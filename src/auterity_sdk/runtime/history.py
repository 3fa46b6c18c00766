"""The attempts of a run's steps, as its journal tells them: a state knows the last one alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from auterity_sdk.runs import events as e
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.producer import moment


class AttemptView(Struct, frozen=True):
    """One attempt of a step. Without `ended_at` it runs; `error` is why it failed."""

    number: int
    started_at: datetime
    ended_at: datetime | None = None
    error: Failure | None = None


Attempts = Mapping[str, tuple[AttemptView, ...]]
"""All attempts of each step that made one, by its path."""


def attempts(events: Iterable[e.Event]) -> Attempts:
    """The attempts in a journal."""
    found: dict[str, tuple[AttemptView, ...]] = {}
    for event in events:
        match event:
            case e.StepStarted() | e.CompensationStarted():
                found[event.step] = (AttemptView(1, moment(event.at)),)
            case e.AttemptStarted():
                made = AttemptView(event.attempt, moment(event.at))
                found[event.step] = (*found.get(event.step, ()), made)
            case (
                e.AttemptEnded()
                | e.StepUncertain()
                | e.BudgetAsked()
                | e.StepEnded()
                | e.CompensationEnded()
            ) if event.step in found:
                *before, last = found[event.step]
                if last.ended_at is None:
                    last = AttemptView(last.number, last.started_at, moment(event.at), event.error)
                    found[event.step] = (*before, last)
            case _:
                continue
    return found
