"""Every order in which steps may end: guarantees of graphs in which some are cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from auterity_sdk.checks.facts.happening import Happening
from auterity_sdk.checks.guarantees.forms import Happenings, never_says, says, two_say
from auterity_sdk.checks.guarantees.precedence import Precedence
from auterity_sdk.checks.guarantees.prover import TooMuchError
from auterity_sdk.checks.soundness.conditions import Free
from auterity_sdk.checks.soundness.explore import machine_of
from auterity_sdk.checks.soundness.machine import (
    PENDING,
    RUNNING,
    STOPPING,
    Fell,
    Machine,
    Status,
    Truths,
    Unknown,
)
from auterity_sdk.checks.soundness.model import Model
from auterity_sdk.workflow.guarantee import Count
from auterity_sdk.workflow.signature import CANCELLED, DONE, FAILED, SKIPPED

MOST_MOMENTS = 20_000
"""So many different moments of runs are looked at."""

Statuses = tuple[Status, ...]
Ended = tuple[tuple[str, str], ...]


class Passage(Struct, frozen=True):
    """From one moment to the next: how the steps stand. `well`: the run is over then, and has ended well.

    `begins`: the run starts. `ended` are the steps that were chosen to end so far, and `free` what was asked.
    """

    before: Statuses
    after: Statuses
    begins: bool
    well: bool
    ended: Ended
    free: Truths


class Moment(Struct, frozen=True):
    """A run so far. `machine` None: it is being stopped, and only what runs may still end."""

    machine: Machine | None
    status: Statuses
    well: bool
    ended: Ended
    truths: Truths


def passages(model: Model, most: int = MOST_MOMENTS) -> Iterator[Passage]:
    """All of them, over all runs. Raises `TooMuchError` where they are too many."""
    begun = machine_of(model, (), {})
    first = Moment(begun, tuple(begun.status), False, (), {})
    known: set[object] = set()
    waiting = [first]
    while waiting:
        moment = waiting.pop()
        for after in _next(model, moment):
            yield _passage(moment, after, begins=moment is first)
            key = _key(after)
            if key not in known:
                known.add(key)
                waiting.append(after)
        if len(known) > most:
            raise TooMuchError


def _passage(before: Moment, after: Moment, *, begins: bool) -> Passage:
    running = RUNNING in after.status or STOPPING in after.status
    well = after.well and not running
    return Passage(before.status, after.status, begins, well, after.ended, after.truths)


def _key(moment: Moment) -> object:
    machine = moment.machine
    joins = (tuple(machine.met), tuple(sorted(machine.taken.items()))) if machine else None
    return moment.status, moment.well, joins, frozenset(moment.truths.items())


def _next(model: Model, moment: Moment) -> Iterator[Moment]:
    machine = moment.machine
    names = [*model.steps]
    if machine is not None and not moment.ended and all(s == PENDING for s in moment.status):
        yield from _moved(moment, machine, lambda after: after.start(), ())
    for index, status in enumerate(moment.status):
        if status not in (RUNNING, STOPPING):
            continue
        if machine is None:
            yield from _stopped(model, moment, index)
            continue
        for outcome in machine.ways(index):
            ended = (*moment.ended, (names[index], outcome))
            yield from _moved(moment, machine, _ending(index, outcome), ended)


def _ending(index: int, outcome: str) -> Callable[[Machine], None]:
    return lambda machine: machine.end(index, outcome)


def _stopped(model: Model, moment: Moment, index: int) -> Iterator[Moment]:
    """What was running when the run was stopped: its result still counts, but for a failure."""
    step = [*model.steps.values()][index]
    for outcome in (*(each for each in step.ends if each != FAILED), CANCELLED):
        status = (*moment.status[:index], outcome, *moment.status[index + 1 :])
        yield Moment(None, status, moment.well, (*moment.ended, (step.id, outcome)), moment.truths)


def _moved(
    moment: Moment, machine: Machine, move: Callable[[Machine], None], ended: Ended
) -> Iterator[Moment]:
    open_truths: list[Truths] = [moment.truths]
    while open_truths:
        truths = open_truths.pop()
        after = machine.copy(truths)
        try:
            move(after)
        except Unknown as unknown:
            open_truths.extend({**truths, unknown.free: each} for each in _answers(unknown.free))
        except Fell as fell:
            if fell.fault is None:
                yield Moment(None, tuple(after.status), False, ended, truths)
        else:
            left = None if after.over else after
            yield Moment(left, tuple(after.status), after.over, ended, truths)


def _answers(free: Free) -> Sequence[bool | None]:
    key = free.key
    asked_of_a_step = isinstance(key, tuple) and key[0] in ("at once", "pausing")
    return (True, False) if asked_of_a_step else (True, False, None)


class Test(Struct, frozen=True):
    """What breaks a guarantee on a passage; `message` and `last` as in a breach."""

    broken: Callable[[Passage], bool]
    message: str
    last: Happening | None = None


class Suite:
    """Of the forms, over the steps of one model."""

    def __init__(self, model: Model) -> None:
        self._places = model.places
        self._precedence = Precedence(model)

    def only_after(self, later: Happenings, earlier: Happenings) -> Iterator[Test]:
        """Something of `later` happens, and nothing of `earlier` has."""
        listed = " or ".join(map(says, earlier))
        for what in later:
            yield Test(self._early(what, earlier), f"{says(what)} before {listed}", what)

    def never_after(self, later: Happenings, earlier: Happenings) -> Iterator[Test]:
        """Something of `later` happens once something of `earlier` has."""
        for what in later:
            for each in earlier:
                message = f"{says(what)} after {says(each)}"
                yield Test(self._both(what, each), message, what)

    def always_when(self, event: Happenings, condition: Happenings) -> Iterator[Test]:
        """Something of `condition` happens on a run, and nothing of `event`."""
        for each in condition:
            test = self._without(event, (each,))
            yield Test(test, f"{says(each)}, and {never_says(event)}")

    def how_many(self, count: Count, names: Happenings, condition: Happenings) -> Iterator[Test]:
        """Too many or too few of `names` happen."""
        where = f" on a run on which {says(condition[0])}" if condition else ""
        if count is not Count.AT_MOST:
            yield Test(self._without(names, condition), f"{never_says(names)}{where}")
        if count is not Count.AT_LEAST:
            at_any_time = count is Count.AT_MOST
            test = self._several(names, condition, at_any_time=at_any_time)
            yield Test(test, f"{two_say(names)}{where}")

    def _early(self, what: Happening, earlier: Happenings) -> Callable[[Passage], bool]:
        return lambda passage: (
            self._new(passage, what)
            and not any(self._came(passage, each, what) for each in earlier)
        )

    def _both(self, what: Happening, each: Happening) -> Callable[[Passage], bool]:
        return lambda passage: self._new(passage, what) and self._came(passage, each, what)

    def _without(self, event: Happenings, asked: Happenings) -> Callable[[Passage], bool]:
        return lambda passage: (
            passage.well
            and all(self._in(passage.after, each) for each in asked)
            and not any(self._in(passage.after, each) for each in event)
        )

    def _several(
        self, names: Happenings, asked: Happenings, *, at_any_time: bool
    ) -> Callable[[Passage], bool]:
        return lambda passage: (
            (at_any_time or passage.well)
            and sum(self._in(passage.after, each) for each in names) > 1
            and all(self._in(passage.after, each) for each in asked)
        )

    def _new(self, passage: Passage, what: Happening) -> bool:
        if what.step is None:
            return passage.begins
        return self._in(passage.after, what) and not self._in(passage.before, what)

    def _came(self, passage: Passage, earlier: Happening, what: Happening) -> bool:
        if earlier.step is None:
            return not passage.begins or what.step is not None
        if self._in(passage.before, earlier):
            return True
        return self._precedence.leads_to(earlier, what) and self._in(passage.after, earlier)

    def _in(self, statuses: Statuses, what: Happening) -> bool:
        if what.step is None:
            return True
        status = statuses[self._places[what.step]]
        if what.outcome is None:
            return status in (RUNNING, STOPPING) or (isinstance(status, str) and status != SKIPPED)
        return isinstance(status, str) and what.outcome in (status, DONE)
