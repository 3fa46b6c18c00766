"""A journal folded and decided again: the state after any of its events, and where deciding would differ today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from auterity_sdk.errors import AuterityError
from auterity_sdk.runs.causes import Cause, after_outside_event, causes
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.events import (
    CacheAsked,
    Event,
    EventTaken,
    RunForked,
    RunMigrated,
    RunStarted,
    StepEnded,
)
from auterity_sdk.runs.evolve import evolve
from auterity_sdk.runs.onward import onward
from auterity_sdk.runs.plan import Plan
from auterity_sdk.runs.state import RunState

Beginning = Cause | RunForked | RunMigrated
"""What makes a run go on: its causes, or that it is another run from here on."""


class Divergence(Struct, frozen=True):
    """The first event that differs. `seq` counts from 1; `recorded` or `decided` is None where there is none."""

    seq: int
    recorded: Event | None
    decided: Event | None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in which two events of one kind differ."""
        one, other = self.recorded, self.decided
        if one is None or type(one) is not type(other):
            return ()
        names = type(one).__struct_fields__
        return tuple(name for name in names if getattr(one, name) != getattr(other, name))


def folded(plan: Plan, events: Iterable[Event]) -> RunState:
    """The state after these events."""
    state = RunState(plan)
    for event in events:
        evolve(state, event)
    return state


def divergence(plan: Plan, events: Sequence[Event], first: int = 0) -> Divergence | None:
    """The first event from `first` on that is not what this plan decides now; None if all are.

    What came from outside (results, answers, time) is taken from the journal; what follows of it is decided.
    """
    first = max(first, _border(events))
    state = folded(plan, events[:first])
    done = first
    while done < len(events):
        best: list[Event] = []
        for beginning in _beginnings(state, events[done:]):
            decided = _decided(plan, state, beginning, events)
            same = _same(decided, events[done:])
            if decided and same == len(decided):
                done += same
                break
            if not best or same > _same(best, events[done:]):
                best = decided
            state = folded(plan, events[:done])
        else:
            same = _same(best, events[done:])
            at = done + same
            return Divergence(
                at + 1,
                events[at] if at < len(events) else None,
                best[same] if same < len(best) else None,
            )
    return None


def _border(events: Sequence[Event]) -> int:
    """Where the last change of a run from outside stands: what is before it was decided elsewhere."""
    found = [at for at, event in enumerate(events) if isinstance(event, RunForked | RunMigrated)]
    return found[-1] if found else 0


def _beginnings(state: RunState, events: Sequence[Event]) -> Iterable[Beginning]:
    first = events[0]
    if isinstance(first, RunForked | RunMigrated):
        return (first,)
    # All at once: deciding the first of them moves the state on.
    return tuple(causes(state, events))


def _decided(
    plan: Plan, state: RunState, beginning: Beginning, events: Sequence[Event]
) -> list[Event]:
    try:
        match beginning:
            case RunForked() | RunMigrated():
                return onward(plan, state, beginning)
            case EventTaken() | StepEnded():
                return after_outside_event(plan, state, events[state.seq :])
            case command:
                started = events[0]
                run_id = started.run_id if isinstance(started, RunStarted) else ""
                return _of_this_version(decide(plan, state, command, run_id), started)
    except (AuterityError, KeyError):
        return []


def _of_this_version(decided: list[Event], started: Event) -> list[Event]:
    """A version is the address of the text that was stored: a step type may have changed its meaning since."""
    if decided and isinstance(decided[0], RunStarted) and isinstance(started, RunStarted):
        decided[0] = replace(decided[0], version=started.version)
    return decided


def _same(decided: Sequence[Event], recorded: Sequence[Event]) -> int:
    """How many events both begin with."""
    pairs = enumerate(zip(decided, recorded, strict=False))
    short = min(len(decided), len(recorded))
    return next((at for at, (one, other) in pairs if not _alike(one, other)), short)


def _alike(decided: Event, recorded: Event) -> bool:
    """Equal, but for what cannot be: a key of a cache is written as a digest of the store's own, which is not known here,
    and an earlier version of Auterity wrote a loop's output once more when it ended."""
    if decided == recorded:
        return True
    if isinstance(decided, CacheAsked) and isinstance(recorded, CacheAsked):
        return replace(decided, key=recorded.key) == recorded
    if not (isinstance(decided, StepEnded) and isinstance(recorded, StepEnded)):
        return False
    return decided.gathered and decided == replace(recorded, output=None, gathered=True)
