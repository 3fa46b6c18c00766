"""A run that goes on by another version: what it has done, read as of that version."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from auterity_sdk.runs.events import Event, JoinMet, RunMigrated, StepNotReached
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.fork import root_of, same_joins
from auterity_sdk.runs.plan import Plan

NO_JOIN = -1
"""Stands for a join that the version does not have: which of its edges were met changes nothing any more."""


def as_of_now(events: Sequence[Event]) -> Sequence[Event]:
    """A journal from its first event, read as of the version that the run goes by at its end.

    The same list where the run never went over to another one. The numbers of events do not change.
    """
    for at, move in enumerate(events):
        if type(move) is RunMigrated:
            events = [*(_moved(event, move) for event in events[:at]), *events[at:]]
    return events


def _moved(event: Event, move: RunMigrated) -> Event:
    """One event from before a move. What a loop's body did stays: it is the same in both versions."""
    if isinstance(event, JoinMet) and not event.scope:
        return replace(event, join=move.joins.get(str(event.join), NO_JOIN))
    if isinstance(event, StepNotReached) and event.step in move.gone:
        return JoinMet(event.at, "", NO_JOIN, ())
    return _with_paths(event, move.steps) if move.steps else event


def _with_paths(event: Event, names: Mapping[str, str]) -> Event:
    changed: dict[str, Any] = {}
    for key in ("step", "scope"):
        path = getattr(event, key, None)
        if isinstance(path, str) and (now := _path(path, names)) != path:
            changed[key] = now
    said = getattr(event, "guarantee", None)
    if isinstance(said, str):
        changed["guarantee"] = _IDS.sub(lambda found: _path(found.group(), names), said)
    error = getattr(event, "error", None)
    if isinstance(error, Failure) and (now := _path(error.step, names)) != error.step:
        changed["error"] = replace(error, step=now)
    return replace(event, **changed) if changed else event


_IDS = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*")
"""The paths of steps in a guarantee, among its other words."""


def _path(path: str, names: Mapping[str, str]) -> str:
    root = root_of(path)
    return names[root] + path[len(root) :] if root in names else path


def move_to(
    old: Plan, new: Plan, at: int, input: Mapping[str, Any], names: Mapping[str, str], by: str
) -> RunMigrated:
    """The event of a run that goes over to `new`. `names` are new ids of the workflow's own steps, by the old ones."""
    every = {step.id: names.get(step.id, step.id) for step in old.graph.steps}
    joins = same_joins(old.graph, new.graph, every)
    return RunMigrated(
        at,
        new.version,
        input,
        {name: now for name, now in every.items() if name != now and now in new.graph.index},
        {str(one): other for one, other in sorted(joins.items())},
        tuple(name for name, now in every.items() if now not in new.graph.index),
        by,
    )
