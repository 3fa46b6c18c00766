"""What is known of a run: the fold of its events. Only `evolve` changes it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from msgspec import Struct, field

from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.gate import Known
from auterity_sdk.runs.plan import Call, GraphPlan, Plan, StepPlan, Uses

COMPENSATE = "/compensate"
"""Stands behind a step's path in the path of its compensation."""

INPUT = "input"
"""The name of the run's input, beside the names of steps."""

WATCH = "!"
"""Stands between an instance's key and the number of a watch in the name of its alarm."""


RETRY = "retry"
"""In place of an outcome: a step that is stopping will not end, but be tried again."""


class Status(Enum):
    """How a step stands, once it has begun or can no longer begin."""

    RUNNING = "running"
    LOOKING = "looking for an earlier result"
    PAUSED = "paused"
    WAITING = "waiting"
    UNCERTAIN = "uncertain"
    STOPPING = "stopping"
    ENDED = "ended"
    NOT_REACHED = "not reached"


RUNNING, WAITING, ENDED = Status.RUNNING, Status.WAITING, Status.ENDED
LOOKING, STOPPING, NOT_REACHED = Status.LOOKING, Status.STOPPING, Status.NOT_REACHED
"""By their own names, since Python 3.11 takes long to find a member of an enum."""

SETTLED = (ENDED, NOT_REACHED)


class Phase(Enum):
    """How an instance of a graph stands."""

    RUNNING = "running"
    STOPPING = "stopping"
    ENDED = "ended"


GOES_ON = Phase.RUNNING


class LoopRun(Struct):
    """How a loop stands. `results`, `failures` and `counted` are by index; `live` bodies have not ended."""

    items: list[Any] | None = None
    begun: int = 0
    live: set[str] = field(default_factory=set)
    results: dict[int, Any] = field(default_factory=dict)
    failures: dict[int, Failure] = field(default_factory=dict)
    counted: int = 0


class Vote(Struct):
    """One person's answer."""

    by: str
    approved: bool
    form: Mapping[str, Any]
    at: int


class Asked(Struct):
    """How an `approve` stands whose people are reminded, or replaced, or may change values. `role` is empty for its own."""

    proposed: Mapping[str, Any]
    remind_at: int | None = None
    escalate_at: int | None = None
    role: str = ""
    reminders: int = 0


class Held(Struct, frozen=True):
    """A step waits for a word on a budget, by people of `role`. `left` is what its `timeout` had left, in milliseconds."""

    level: str
    role: str
    left: int | None


class StepRun(Struct, gc=False):
    """How a step stands in one instance of its graph. `ending` is what a stopping one will end in; `lost` counts
    the processes that died while its present attempt ran. `queue` is where it waits for its turn, `cache` the key
    under which its result is kept."""

    status: Status
    started_at: int
    attempt: int = 0
    ended_at: int | None = None
    outcome: str | None = None
    output: Any = None
    error: Failure | None = None
    arguments: Any = None
    deadline: int | None = None
    limit: int | None = None
    wake: int | None = None
    detail: Any = None
    loop: LoopRun | None = None
    votes: list[Vote] | None = None
    asked: Asked | None = None
    ending: tuple[str, Failure | None] | None = None
    compensation: str = ""
    lost: int = 0
    count: int | None = None
    queue: str = ""
    cache: str = ""
    origin: Mapping[str, Any] | None = None
    held: Held | None = None


class Undo(Struct, eq=False):
    """A step that ended well and can be compensated. `order` counts ends over the whole run."""

    order: int
    step: str
    work: Uses
    arguments: Any
    run: StepRun


class WatchRun(Struct):
    """How a watch stands that has begun. `since` is the place of what began it; `over`: it is decided."""

    until: int
    since: int
    over: bool = False


class Breach(Struct, frozen=True):
    """A `within` that was not kept in the instance `scope` of its graph: noticed `at`, due `until`."""

    guarantee: str
    scope: str
    until: int
    at: int


class Scope(Struct, eq=False):
    """One instance of a graph: the workflow's own (key empty), an item or a round of a loop.

    `met` and `unmet` count edges by join, `waits` what a step still waits for, `left` the steps that are
    not settled. `rank` is the place in which instances began; `watches` are those that have begun, by number. `values` holds
    the run's input, and by their names what those steps of this instance have given that have ended with a value, and
    that are read.
    """

    key: str
    plan: GraphPlan
    rank: int
    started_at: int
    runs: list[StepRun | None]
    met: list[int]
    unmet: list[int]
    waits: list[int]
    left: int
    parent: Scope | None = None
    owner: int = -1
    index: int = 0
    bound: Mapping[str, Any] = field(default_factory=dict)
    phase: Phase = Phase.RUNNING
    cause: str = ""
    error: Failure | None = None
    taken: dict[int, tuple[int, ...]] = field(default_factory=dict)
    undo: list[Undo] = field(default_factory=list)
    undoing: StepRun | None = None
    ended_at: int | None = None
    watches: dict[int, WatchRun] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, key: str, plan: GraphPlan, rank: int, at: int) -> Scope:
        """An instance that begins."""
        steps, none = len(plan.steps), [0] * len(plan.joins)
        return cls(key, plan, rank, at, [None] * steps, none, none.copy(), [*plan.waits], steps)

    def path(self, step: StepPlan) -> str:
        """The path of a step of this instance, such as `lenders[2]/submit`."""
        return f"{self.key}/{step.id}" if self.key else step.id


class RunState(Struct, eq=False):
    """A run. `seq` counts its events, `alarms` are the times at which something is due, by step's path;
    `active` are the steps and compensations that have begun and not ended, in the order of their beginning,
    `listening` those of them that wait for an outside event, with its type, and `asking` those that wait for a
    lock or in a queue; with an empty path, the run waits for its own turn. `approving` are those that wait for people. `known` are the facts that its
    steps have given, `after_step`: it is cancelled, and what runs may end. `granted` is how often a budget counts more than once: of a step by
    its path, of the workflow with none. `forked_from` the run and the step that it was
    forked from."""

    plan: Plan
    run_id: str = ""
    status: str = "new"
    seq: int = 0
    at: int = 0
    started_at: int = 0
    ended_at: int | None = None
    version: str = ""
    input: Mapping[str, Any] = field(default_factory=dict)
    connections: Mapping[str, Any] = field(default_factory=dict)
    requester: str = ""
    parent_run: str = ""
    parent: str = ""
    parent_attempt: int = 1
    forked_from: tuple[str, str] | None = None
    end: str = ""
    output: Any = None
    error: Failure | None = None
    scopes: dict[str, Scope] = field(default_factory=dict)
    ranked: list[Scope] = field(default_factory=list)
    alarms: dict[str, int] = field(default_factory=dict)
    active: dict[str, StepRun] = field(default_factory=dict)
    listening: dict[str, str] = field(default_factory=dict)
    asking: set[str] = field(default_factory=set)
    approving: set[str] = field(default_factory=set)
    locked: bool = False
    queue: str = ""
    priority: int = 0
    fresh: bool = False
    undoing: dict[str, Scope] = field(default_factory=dict)
    not_undone: list[tuple[str, Failure]] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    ends: int = 0
    breaches: list[Breach] = field(default_factory=list)
    cancel_asked: bool = False
    after_step: bool = False
    granted: dict[str, int] = field(default_factory=dict)
    places: dict[str, tuple[Scope, StepPlan]] = field(default_factory=dict)
    """Those of steps, by path, which `place` has found or which are asked for soon; any may be forgotten."""

    @property
    def over(self) -> bool:
        """The run has ended."""
        return self.ended_at is not None

    @property
    def waits(self) -> bool:
        """Nothing runs: only timers, people, outside events or child runs are waited for."""
        calls = self.plan.calls
        for path, run in self.active.items():
            if run.status is RUNNING and run.loop is None and not (calls and self._is_call(path)):
                return False
            if run.status is LOOKING:
                return False
        return True

    @property
    def standing(self) -> str:
        """How the run stands, at a glance: `status`, or what it comes to that nothing runs."""
        if self.status != "running" or not self.waits:
            return self.status
        if any(run.status is Status.UNCERTAIN for run in self.active.values()):
            return Status.UNCERTAIN.value
        return Status.WAITING.value

    def _is_call(self, path: str) -> bool:
        return path not in self.undoing and isinstance(self.place(path)[1].work, Call)

    @property
    def due(self) -> int | None:
        """When the next timer is due."""
        return min(self.alarms.values()) if self.alarms else None

    def place(self, path: str) -> tuple[Scope, StepPlan]:
        """The instance and the step at a path. Raises KeyError where there is none."""
        known = self.places.get(path)
        if known is not None:
            return known
        key, _, name = path.rpartition("/")
        scope = self.scopes[key]
        found = self.places[path] = scope, scope.plan.steps[scope.plan.index[name]]
        return found

    def run_of(self, path: str) -> StepRun | None:
        """How the step, or the compensation, at a path stands. Raises KeyError where there is no such step."""
        scope = self.undoing.get(path)
        if scope is not None:
            return scope.undoing
        scope, step = self.place(path)
        return scope.runs[step.index]
