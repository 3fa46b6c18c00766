"""The facts of a run's journal: small, frozen, each complete in itself, so that `evolve` evaluates nothing.

`step` is a step's path such as `lenders[2]/submit`; `scope` that of a graph's instance: empty for the
workflow's own graph, `lenders[2]` for an item or round. Times are milliseconds since 1970, UTC.
Those of which a run has thousands are out of the garbage collector's sight (`gc=False`): they hold plain data, and so are in no cycle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from auterity_sdk.runs.failure import Failure


class RunStarted(Struct, frozen=True):
    """`deadline` is that of the workflow's `timeout`; `locked`: a caller holds a lock as long as the run goes on."""

    at: int
    run_id: str
    version: str
    input: Mapping[str, Any]
    requester: str = ""
    parent_run: str = ""
    parent: str = ""
    attempt: int = 1
    deadline: int | None = None
    connections: Mapping[str, Any] = field(default_factory=dict)
    locked: bool = False


class RunEntered(Struct, frozen=True):
    """The digests of the keys with which a run was started: `once` names it, with `queue` it waits for its turn.

    `priority` is that of the run; `fresh`: its steps take no earlier results.
    """

    at: int
    once: str = ""
    queue: str = ""
    priority: int = 0
    fresh: bool = False


class RunBegun(Struct, frozen=True):
    """It is the turn of a run that waited. `deadline` is that of the workflow's `timeout`."""

    at: int
    deadline: int | None = None


class StepStarted(Struct, frozen=True, gc=False):
    """A step began to run or to wait.

    `arguments` are those of `uses` and `call`, secrets left out. `deadline` bounds the step, `limit` (in
    milliseconds) one attempt, `wake` is when a wait ends, `detail` what its kind keeps: the items of a
    `for_each`, the title of an `approve`; `count` its `first` or `quorum` where an expression gives that.
    """

    at: int
    step: str
    arguments: Any = None
    deadline: int | None = None
    limit: int | None = None
    wake: int | None = None
    detail: Any = None
    count: int | None = None


class StepEnded(Struct, frozen=True, gc=False):
    """A step ended. `undo` are the arguments of its compensation, None where it has none.

    `facts` are those that it gave, as the fields of `gate.Known`; `withdrawn` those that it ended, by name and digest of the
    value. `gathered`: the output is that of the loop's items or rounds, which their own events hold. `origin` says of a result
    that another run made which one that was, in which step, and when.
    """

    at: int
    step: str
    outcome: str = "ok"
    output: Any = None
    error: Failure | None = None
    undo: Any = None
    facts: tuple[Mapping[str, Any], ...] = ()
    withdrawn: tuple[list[str], ...] = ()
    gathered: bool = False
    origin: Mapping[str, Any] | None = None


class StepNotReached(Struct, frozen=True, gc=False):
    """A step can never start."""

    at: int
    step: str


class StepStopping(Struct, frozen=True):
    """A step is told to stop, and will end in `outcome` when all inside it has; `wake` ends the patience."""

    at: int
    step: str
    outcome: str
    wake: int | None = None
    error: Failure | None = None


class LockAsked(Struct, frozen=True):
    """A step that could start waits for its turn with the lock of that key, a digest. It has the lock once it starts."""

    at: int
    step: str
    key: str


class CacheAsked(Struct, frozen=True):
    """A step that could start looks for an earlier result under `key`, a digest."""

    at: int
    step: str
    key: str


class QueueAsked(Struct, frozen=True):
    """A step waits for its turn in a queue, with its first attempt or a further one."""

    at: int
    step: str
    queue: str


class AttemptEnded(Struct, frozen=True):
    """An attempt failed, and the next one begins at `retry_at`."""

    at: int
    step: str
    error: Failure
    retry_at: int


class AttemptStopping(Struct, frozen=True):
    """The child run of a `call` ran over the limit of an attempt, and is cancelled before the next one."""

    at: int
    step: str
    error: Failure


class AttemptStarted(Struct, frozen=True):
    """The next attempt of a step that has started begins."""

    at: int
    step: str
    attempt: int


class AttemptLost(Struct, frozen=True):
    """The process died in which an attempt ran. The same attempt runs again elsewhere, if it may."""

    at: int
    step: str


class StepUncertain(Struct, frozen=True):
    """Nobody knows whether an attempt had its effect, and it may not be made again: a person has to settle the step."""

    at: int
    step: str
    error: Failure


class StepSettled(Struct, frozen=True):
    """A person has said how an uncertain step ended: in `outcome`, or `retry`, by which it is tried again.

    `attempt` is the one that was in doubt; 0 where it was not named.
    """

    at: int
    step: str
    outcome: str
    by: str = ""
    reason: str = ""
    attempt: int = 0


class BudgetAsked(Struct, frozen=True):
    """An attempt would have passed a budget: people of `role` are asked until `until` whether it counts once more.

    `level` says whose budget it is: the step's or the workflow's.
    """

    at: int
    step: str
    error: Failure
    level: str
    role: str
    until: int | None = None


class BudgetAnswered(Struct, frozen=True):
    """A person has granted a budget once more, or has not."""

    at: int
    step: str
    by: str
    approved: bool


class JoinMet(Struct, frozen=True):
    """A `one`, `first` or `at_least` was met: `edges` are the positions of those that were met then."""

    at: int
    scope: str
    join: int
    edges: tuple[int, ...]


class EndMet(Struct, frozen=True):
    """An end with `cancel_rest` was met, so that all that is left is cancelled."""

    at: int
    end: str


class ScopeStopping(Struct, frozen=True):
    """A graph fails, is cancelled or has come to its end: no step starts, those not started are not reached.

    `cause` is failed, cancelled or end.
    """

    at: int
    scope: str
    cause: str
    error: Failure | None = None


class BodyStarted(Struct, frozen=True):
    """An item or a round of a loop began."""

    at: int
    scope: str


class BodyEnded(Struct, frozen=True):
    """An item or a round ended: `status` is ok, failed or cancelled; `counts` for the loop's `first`.

    `more` are the items that come to those that there are.
    """

    at: int
    scope: str
    status: str
    output: Any = None
    error: Failure | None = None
    counts: bool = False
    more: list[Any] | None = None


class RoundPaused(Struct, frozen=True):
    """The next round of a `repeat` begins at `wake`."""

    at: int
    step: str
    wake: int


class ApprovalRecorded(Struct, frozen=True):
    """A person answered."""

    at: int
    step: str
    by: str
    approved: bool
    form: Mapping[str, Any] = field(default_factory=dict)


class PeopleAsked(Struct, frozen=True):
    """What an `approve` that has just begun keeps besides its time limit.

    `proposed` are the values that may be changed before approving; `remind_at` is when the people are reminded
    first, `escalate_at` when another role is asked instead.
    """

    at: int
    step: str
    proposed: Mapping[str, Any] = field(default_factory=dict)
    remind_at: int | None = None
    escalate_at: int | None = None


class PeopleReminded(Struct, frozen=True):
    """Those who have not answered are reminded; `next_at` is when they are again."""

    at: int
    step: str
    role: str
    next_at: int | None = None


class ApprovalEscalated(Struct, frozen=True):
    """From now on the people of `role` are asked."""

    at: int
    step: str
    role: str


class EventTaken(Struct, frozen=True):
    """An outside event went to a `receive`."""

    at: int
    step: str
    event: str


class CompensationStarted(Struct, frozen=True):
    """The compensation of a step that ended well began, for the graph `scope`. `step` ends with `/compensate`."""

    at: int
    step: str
    scope: str = ""
    deadline: int | None = None
    limit: int | None = None


class CompensationEnded(Struct, frozen=True):
    """A compensation ended; with `error` it failed after its last attempt."""

    at: int
    step: str
    error: Failure | None = None


class CancelAsked(Struct, frozen=True):
    """Somebody asked for the run's cancellation: at once, or `after_step`, once the attempts that run have ended."""

    at: int
    by: str = ""
    after_step: bool = False


class RunForked(Struct, frozen=True):
    """What stands before it was done by the run `run`, and is kept; from here on this run goes its own way.

    It began again from `step`. `events` is how long the other's journal was.
    """

    at: int
    run: str
    step: str
    events: int
    by: str = ""


class RunMigrated(Struct, frozen=True):
    """The run goes by another version from here on, and what stands before it is read as of that version.

    `steps` are new ids of the workflow's own steps, by the old ones; `joins` the numbers of its joins, by those that
    they had; `gone` are steps that it does not have. `input` is completed by what the version has a default for.
    """

    at: int
    version: str
    input: Mapping[str, Any]
    steps: Mapping[str, str] = field(default_factory=dict)
    joins: Mapping[str, int] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    by: str = ""


class GuaranteeWatched(Struct, frozen=True):
    """A `within` began to be watched in an instance of a graph: it is breached after `until`.

    `guarantee` is the sentence, or the step that watches it; `since` is the place of what has happened among the names
    behind `of`.
    """

    at: int
    scope: str
    guarantee: str
    until: int
    since: int = 0


class GuaranteeKept(Struct, frozen=True):
    """What a `within` asks for has happened in time; or, where `happened` is false, can no longer happen, and is not late."""

    at: int
    scope: str
    guarantee: str
    happened: bool = True


class GuaranteeBreached(Struct, frozen=True):
    """What a `within` asks for had not happened at `until`, and could still happen."""

    at: int
    scope: str
    guarantee: str
    until: int


class RunEnded(Struct, frozen=True):
    """The run is over: `status` is succeeded, failed or cancelled."""

    at: int
    status: str
    end: str = ""
    output: Any = None
    error: Failure | None = None


Event = (
    StepEnded
    | StepStarted
    | RunStarted
    | StepNotReached
    | StepStopping
    | LockAsked
    | CacheAsked
    | QueueAsked
    | RunEntered
    | RunBegun
    | AttemptEnded
    | AttemptStarted
    | AttemptLost
    | StepUncertain
    | StepSettled
    | BudgetAsked
    | BudgetAnswered
    | AttemptStopping
    | JoinMet
    | EndMet
    | ScopeStopping
    | BodyStarted
    | BodyEnded
    | RoundPaused
    | ApprovalRecorded
    | PeopleAsked
    | PeopleReminded
    | ApprovalEscalated
    | EventTaken
    | CompensationStarted
    | CompensationEnded
    | CancelAsked
    | RunForked
    | RunMigrated
    | GuaranteeWatched
    | GuaranteeKept
    | GuaranteeBreached
    | RunEnded
)
