"""What an append claims of what runs share: locks, queues, keys, outside events; and what is void where it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from auterity_sdk.errors import EventsGone, TurnLost, VersionConflict
from auterity_sdk.runs.commands import Command, LockGranted, OutsideEvent
from auterity_sdk.runs.events import Event, EventTaken
from auterity_sdk.runs.locks import Claimed
from auterity_sdk.runs.results import results_to_keep
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.ports import Claims


def claims_of(state: RunState, events: Sequence[Event]) -> Claims | None:
    """The locks, queues, keys and results that events of a run change in the store; None: nothing."""
    found = Claimed(state, events)
    kept = results_to_keep(state, events) if state.plan.caches else {}
    if not (found or kept):
        return None
    claims = Claims(
        found.asked,
        found.taken,
        found.released,
        at=state.at,
        queued=found.queued,
        left=found.left,
        priority=state.priority,
        kept=kept,
    )
    limits, once = state.plan.concurrency, state.plan.once
    if limits is not None and "" in found.asked:
        claims = replace(claims, slots=limits.limit, reject=limits.when_full == "reject")
        if limits.when_full == "replace":
            claims = replace(claims, priority=0)  # the latest takes the place of all before it
    if once is not None and found.once:
        since = 0 if once.window is None else state.at - once.window
        claims = replace(claims, once=found.once, since=since)
    return claims


def taken_by(commands: Iterable[Command], events: Iterable[Event]) -> tuple[str, ...]:
    """The outside events that are taken out of the inbox."""
    for command in commands:
        if isinstance(command, OutsideEvent):
            break
    else:
        return ()
    return tuple(event.event for event in events if isinstance(event, EventTaken))


def is_void(command: Command, refused: EventsGone | VersionConflict | TurnLost) -> bool:
    """Whether a command counts no more, by what refused the append: its outside event or its turn is another run's."""
    if isinstance(refused, EventsGone):
        return isinstance(command, OutsideEvent) and command.id in refused.events
    if isinstance(refused, TurnLost):
        return isinstance(command, LockGranted) and command.step in refused.steps
    return False
