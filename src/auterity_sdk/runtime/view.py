"""A run as people look at it: a tree of steps, and what it waits for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from msgspec import Struct, convert, to_builtins

from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.kinds.approvals import current, role_asked
from auterity_sdk.runs.orders import RunAttempt, outstanding
from auterity_sdk.runs.plan import Approve, Call, Receive, StepPlan, Uses, Wait, Work
from auterity_sdk.runs.producer import moment
from auterity_sdk.runs.state import RETRY, RunState, Scope, Status, StepRun
from auterity_sdk.runtime.children import child_id
from auterity_sdk.runtime.history import Attempts, AttemptView
from auterity_sdk.workflow.signature import FAILED


class Origin(Struct, frozen=True):
    """The run, and the step in it, that made a result which this one took; and when."""

    run_id: str
    step: str
    at: datetime


class StepView(Struct, frozen=True):
    """A step of one instance of its graph. `state` is waits to start, running, retrying, waiting, uncertain,
    stopping, not reached, or the outcome in which it ended.

    `inside` are the steps of a loop's bodies, in order; `compensation` is running, done or failed. `attempts` are
    told where the view is made of a journal. `origin` is where a result is from that another run made.
    """

    path: str
    kind: str
    state: str
    attempt: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    output: Any = None
    error: Failure | None = None
    compensation: str = ""
    child_run: str = ""
    inside: tuple[StepView, ...] = ()
    arguments: Any = None
    attempts: tuple[AttemptView, ...] = ()
    origin: Origin | None = None


class Waiting(Struct, frozen=True):
    """What a run waits for at one step: `kind` is approve, budget, receive, wait, retry, repeat, lock, queue, call, turn,
    worker or uncertain.

    `what` is the role, the type of event, the queue, the child run, the step type that a worker must have, or how an uncertain step may be settled; `until` when
    it is over by itself. `proposed` are the values of an approval that may be changed, as they stand; `reminders` how
    often its people were reminded; `attempt` the one that is in doubt, 0 where none is.
    """

    path: str
    kind: str
    what: str
    until: datetime | None = None
    title: str = ""
    proposed: Mapping[str, Any] = {}
    reminders: int = 0
    attempt: int = 0


class BreachView(Struct, frozen=True):
    """A `within` that was not kept in time: `guarantee` is the sentence, `scope` the item or round, empty for the run.

    `until` is its time limit, `at` when the breach was recorded.
    """

    guarantee: str
    scope: str
    until: datetime
    at: datetime


class RunParts(Protocol):
    """What is inside a run's view: worked out of its state, or told by a server."""

    @property
    def started_at(self) -> datetime:
        """See `RunView.started_at`."""
        ...

    @property
    def ended_at(self) -> datetime | None:
        """See `RunView.ended_at`."""
        ...

    @property
    def steps(self) -> tuple[StepView, ...]:
        """See `RunView.steps`."""
        ...

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """See `RunView.waiting`."""
        ...

    @property
    def breaches(self) -> tuple[BreachView, ...]:
        """See `RunView.breaches`."""
        ...


class RunView(Struct, frozen=True, eq=False):
    """A run. `status` is running, waiting, uncertain, failing, cancelling, succeeded, failed or cancelled."""

    run_id: str
    workflow: str
    version: str
    status: str
    requester: str
    input: Any
    end: str
    output: Any
    error: Failure | None
    parent_run: str
    _parts: RunParts

    @property
    def started_at(self) -> datetime:
        """When it began."""
        return self._parts.started_at

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, if it has."""
        return self._parts.ended_at

    @property
    def steps(self) -> tuple[StepView, ...]:
        """The steps, in topological order."""
        return self._parts.steps

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """What the run waits for, the longest wait first."""
        return self._parts.waiting

    @property
    def breaches(self) -> tuple[BreachView, ...]:
        """The guarantees that were not kept in time, the first first."""
        return self._parts.breaches

    def as_data(self) -> dict[str, Any]:
        """The view as nested dicts; times stay times."""
        known = self._named()
        parts = {
            "error": self.error,
            "steps": [*self.steps],
            "waiting": [*self.waiting],
            "breaches": [*self.breaches],
        }
        made: dict[str, Any] = to_builtins(known | parts, builtin_types=(datetime,))
        return made

    def _named(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _NAMED}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunView) and self._named() == other._named()

    __hash__ = None  # type: ignore[assignment] # as its input has none

    def __repr__(self) -> str:
        named = (f"{name}={value!r}" for name, value in self._named().items())
        return f"RunView({', '.join(named)})"

    def walk(self) -> Iterator[StepView]:
        """All steps, those inside loops behind their loop."""
        below = list(reversed(self.steps))
        while below:
            step = below.pop()
            yield step
            below.extend(reversed(step.inside))


_FIELDS = RunView.__struct_fields__[:-1]
_NAMED = (*_FIELDS[:4], "started_at", "ended_at", *_FIELDS[4:])
"""All but the parts, in the order in which they are told."""


class _OfState(Struct, frozen=True, dict=True):
    """The parts of a run's state. Each is made when it is asked for: a run of ten thousand steps is seldom looked at
    step by step.
    """

    state: RunState
    attempts: Attempts
    lacking: Collection[str] = ()

    @property
    def started_at(self) -> datetime:
        return moment(self.state.started_at)

    @property
    def ended_at(self) -> datetime | None:
        return _moment(self.state.ended_at)

    @cached_property
    def steps(self) -> tuple[StepView, ...]:
        return tuple(_steps(self.state, self.state.scopes[""], self.attempts))

    @cached_property
    def waiting(self) -> tuple[Waiting, ...]:
        return tuple(_waits(self.state, self.lacking))

    @cached_property
    def breaches(self) -> tuple[BreachView, ...]:
        return tuple(
            BreachView(each.guarantee, each.scope, moment(each.until), moment(each.at))
            for each in self.state.breaches
        )


class _Told(Struct, frozen=True):
    """The parts as data told them."""

    started_at: datetime
    ended_at: datetime | None
    steps: tuple[StepView, ...]
    waiting: tuple[Waiting, ...]
    breaches: tuple[BreachView, ...]


def view_of(data: Mapping[str, Any]) -> RunView:
    """The view of which `as_data` made the data; keys that are not known are passed over."""
    known = {name: data[name] for name in _FIELDS}
    error = data["error"] and convert(data["error"], Failure)
    return RunView(**(known | {"error": error}), _parts=convert(data, _Told))


def view(
    state: RunState, attempts: Attempts | None = None, lacking: Collection[str] = ()
) -> RunView:
    """The view of a run's state, which nobody may change from now on; with the attempts of its journal, if given.

    `lacking` are step types: it waits for a worker that has them.
    """
    return RunView(
        run_id=state.run_id,
        workflow=state.plan.name,
        version=state.version,
        status="waiting" if lacking and _waits_for_workers(state, lacking) else state.standing,
        requester=state.requester,
        input=state.input,
        end=state.end,
        output=state.output,
        error=state.error,
        parent_run=state.parent_run,
        _parts=_OfState(state, attempts or {}, lacking),
    )


def _waits_for_workers(state: RunState, lacking: Collection[str]) -> bool:
    """Whether a run that could go on waits for workers that have these step types, and does nothing else."""
    owed = outstanding(state) if state.standing == "running" else ()
    return bool(owed) and all(
        isinstance(each, RunAttempt) and each.work.uses in lacking for each in owed
    )


def _steps(state: RunState, scope: Scope, attempts: Attempts) -> Iterator[StepView]:
    for step in scope.plan.steps:
        run = scope.runs[step.index]
        path = scope.path(step)
        if run is None:
            yield StepView(path, kind_of(step.work), "not started")
            continue
        inside = [
            view
            for index in range(run.loop.begun if run.loop else 0)
            for view in _steps(state, state.scopes[f"{path}[{index}]"], attempts)
        ]
        reached = run.status is not Status.NOT_REACHED
        called = isinstance(step.work, Call) and run.attempt > 0
        yield StepView(
            path=path,
            kind=kind_of(step.work),
            state=_state(run),
            attempt=run.attempt,
            started_at=moment(run.started_at) if reached else None,
            ended_at=_moment(run.ended_at) if reached else None,
            output=run.output,
            error=run.error,
            compensation=run.compensation,
            child_run=child_id(state.run_id, path, run.attempt) if called else "",
            inside=tuple(inside),
            arguments=run.arguments,
            attempts=attempts.get(path, ()) if isinstance(step.work, Uses | Call) else (),
            origin=_origin(run),
        )


def _origin(run: StepRun) -> Origin | None:
    of = run.origin
    return None if of is None else Origin(of["run"], of["step"], moment(of["at"]))


def _state(run: StepRun) -> str:
    match run.status:
        case Status.ENDED:
            return run.outcome or ""
        case Status.PAUSED:
            return "waiting" if run.loop else "retrying"
        case Status.NOT_REACHED:
            return "not reached"
        case status:
            return str(status.value)


def kind_of(work: Work) -> str:
    """The key of the step's kind, such as `for_each`."""
    name = type(work).__name__
    return "for_each" if name == "ForEach" else name.lower()


def _waits(state: RunState, lacking: Collection[str]) -> Iterator[Waiting]:
    if "" in state.asking:
        yield Waiting("", "turn", "")
    for path, run in state.active.items():
        if path in state.undoing:
            continue
        _, step = state.place(path)
        uses = step.work.uses if isinstance(step.work, Uses) else ""
        if uses in lacking and run.status is Status.RUNNING:
            yield Waiting(path, "worker", uses)
            continue
        found = _wait(state, path, step, run)
        if found is not None:
            yield found


def _wait(state: RunState, path: str, step: StepPlan, run: StepRun) -> Waiting | None:
    until = _moment(run.wake)
    if path in state.asking:
        return Waiting(path, "queue" if run.queue else "lock", run.queue)
    if run.status is Status.UNCERTAIN:
        outcomes = ", ".join((*sorted(step.outcomes or ()), FAILED, RETRY))
        title = run.error.message if run.error else ""
        until = _moment(run.deadline)
        return Waiting(path, "uncertain", outcomes, until, title, attempt=run.attempt)
    if run.held is not None:
        title = run.error.message if run.error else ""
        return Waiting(path, "budget", run.held.role, until, title)
    if run.status is Status.PAUSED:
        return Waiting(path, "repeat" if step.is_loop else "retry", "", until)
    match step.work:
        case Approve() as work:
            return _asked(path, work, run, until)
        case Receive(event=event):
            return Waiting(path, "receive", event, until)
        case Wait():
            return Waiting(path, "wait", "", until)
        case Call() if run.status is Status.RUNNING:
            return Waiting(path, "call", child_id(state.run_id, path, run.attempt))
        case _:
            return None


def _asked(path: str, work: Approve, run: StepRun, until: datetime | None) -> Waiting:
    role, title = role_asked(work, run.asked), str((run.detail or {}).get("title", ""))
    reminders = run.asked.reminders if run.asked else 0
    return Waiting(path, "approve", role, until, title, current(run), reminders)


def _moment(at: int | None) -> datetime | None:
    return None if at is None else moment(at)
