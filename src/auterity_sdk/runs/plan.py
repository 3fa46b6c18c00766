"""What a workflow is to the engine: steps and edges as integers, expressions compiled, nothing to search for.

A step's index is its place in topological order, ties by id: the order in which one transition settles.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from auterity_sdk.dealership.calendar import Calendar
from auterity_sdk.runs.form import Form
from auterity_sdk.runs.gate import Gate
from auterity_sdk.runs.idempotence import OnlyWith
from auterity_sdk.runs.joins import JoinRule
from auterity_sdk.runs.producer import Constant, Expr, Producer
from auterity_sdk.workflow.backoff import Pauses
from auterity_sdk.workflow.budget import Bound
from auterity_sdk.workflow.queue import Queue

FREE_OUTCOMES = frozenset({"ok", "failed", "skipped", "cancelled"})
"""Outcomes that need not be named by an edge; `failed` that is not named fails the graph."""


class Join(Struct, frozen=True, eq=False):
    """Edges of which some must be met. `step` is the index of the step that needs it, -1 for an end.

    `recorded`: which of its edges were met is a fact of the journal.
    """

    step: int
    rule: JoinRule
    edges: tuple[tuple[int, str], ...]
    cancel_rest: bool = False
    recorded: bool = False


class Retry(Struct, frozen=True):
    """How an attempt that failed is tried again. `limit` bounds one attempt, `heartbeat` (in milliseconds) its silence."""

    attempts: int = 1
    pauses: Pauses = Pauses()
    jitter: bool = False
    on: frozenset[str] | None = None
    not_on: frozenset[str] = frozenset()
    limit: Producer | None = None
    heartbeat: int | None = None


ONCE = Retry()


class Secret(Struct, frozen=True, eq=False):
    """A secret's place in the arguments, and its name."""

    place: tuple[str | int, ...]
    name: str


class Uses(Struct, frozen=True, eq=False):
    """Run a step type. `arguments` is None where there are none, `only_with` where any attempt may be made again.

    `bounds` are the budgets of one that asks models, and `over_budget`: its type has that outcome. `is_bare`: an attempt
    needs neither secrets nor a heartbeat.
    """

    uses: str
    arguments: Producer | None = None
    secrets: tuple[Secret, ...] = ()
    retry: Retry = ONCE
    timeout: Producer | None = None
    only_with: OnlyWith | None = None
    bounds: tuple[Bound, ...] = ()
    over_budget: bool = False
    is_bare: bool = False


class Switch(Struct, frozen=True, eq=False):
    """Cases in order; None is `else`."""

    cases: tuple[tuple[str, Expr | None], ...]


class Reminder(Struct, frozen=True):
    """When people are reminded, in milliseconds: `first`, and then again and again, or once where `every` is None."""

    first: int
    every: int | None = None


class Escalation(Struct, frozen=True):
    """The role that is asked instead after so many milliseconds."""

    after: int
    role: str


Count = int | Expr
"""A number, or what gives it when the step begins; then the journal has it."""


class Approve(Struct, frozen=True, eq=False):
    """Ask people. `default` is the outcome in place of `timeout`; `proposed` are the values that may be changed."""

    role: str
    quorum: Count
    title: Producer
    form: Form
    exclude_requester: bool
    timeout: Producer | None
    default: str
    proposed: Producer | None = None
    reminder: Reminder | None = None
    escalation: Escalation | None = None


class Correlation(Struct, frozen=True, eq=False):
    """The event's member that is equal to a value which is known when the wait opens."""

    member: tuple[str, ...]
    value: Expr


class Receive(Struct, frozen=True, eq=False):
    """Wait for an outside event. `correlation` is a part of `match`, by which it is found."""

    event: str
    match: Expr | None
    timeout: Producer | None
    correlation: Correlation | None = None


class Business(Struct, frozen=True):
    """So many milliseconds of business time. `calendar` None: there is none of that `name`."""

    length: int
    name: str
    calendar: Calendar | None


class Wait(Struct, frozen=True, eq=False):
    """A durable timer."""

    until: Producer | Business


class ForEach(Struct, frozen=True, eq=False):
    """A body for each item. `failures` is a count, or a share in percent where `percent` is true.

    `more` gives the items that an item adds; there are `most` at the most.
    """

    body: GraphPlan
    items: Expr
    names: tuple[str, str]
    max_parallel: int
    failures: int
    percent: bool
    first: Count | None
    where: Expr | None
    more: Expr | None
    most: int | None
    output: Producer
    timeout: Producer | None


class Repeat(Struct, frozen=True, eq=False):
    """A body until a condition holds. `names` are those of the round before and of the index."""

    body: GraphPlan
    until: Expr
    longest: int | None
    every: int
    names: tuple[str, str]
    output: Producer
    timeout: Producer | None


class Call(Struct, frozen=True, eq=False):
    """Run another workflow."""

    call: str
    arguments: Producer | None = None
    retry: Retry = ONCE
    timeout: Producer | None = None


class Watch(Struct, frozen=True, eq=False):
    """Stand for a watch of its graph: begin when it does, and end as it ends."""


Work = Uses | Switch | Approve | Receive | Wait | ForEach | Repeat | Call | Watch
Loop = ForEach | Repeat


class Cache(Struct, frozen=True, eq=False):
    """Take a result of the same `key` that is at most `age` milliseconds old. `of` names the step type as it is
    declared: a result of another one fits not."""

    key: Expr
    age: int
    of: str


class Admission(Struct, frozen=True, eq=False):
    """What a step passes before it starts: a lock, a cache, a queue, in this order; at least one of them."""

    lock: Expr | None = None
    cache: Cache | None = None
    queue: Queue | None = None


WITHOUT_VALUE = frozenset({"timeout", "failed", "skipped", "cancelled", "uncertain"})
"""Outcomes that give no value; but the items of a `for_each` that is cancelled have given something until then."""


class StepPlan(Struct, frozen=True, eq=False):
    """A step. `edges` are the joins that its end counts in, `waiters` the steps that wait for its end.

    `members` are steps whose value it sees only where their edge was met. `named` are the outcomes that
    something names, None where all are; `handled`: an edge or end of its graph names its failure.
    `outcomes` are those that give a value, None where they are not known. `waits_for_others` is true of
    `approve`, `receive` and `wait`, which run nothing; `listens` is the type of event of a `receive`. `gate` is what
    its type declares of facts and effects, None where nothing. `admission` is what it passes before it starts, None
    where nothing. `uncertain`: something names that outcome of it. `is_read`: something reads its
    value. `is_plain`: its start is that of an attempt, and nothing else.
    """

    index: int
    id: str
    work: Work
    when: Expr | None
    joins: tuple[int, ...]
    waits: int
    edges: tuple[tuple[int, str], ...]
    waiters: tuple[int, ...]
    followers: tuple[int, ...]
    members: frozenset[str]
    named: frozenset[str] | None
    handled: bool
    outcomes: frozenset[str] | None
    undo: Uses | None

    is_loop: bool
    waits_for_others: bool
    listens: str
    gate: Gate | None = None
    admission: Admission | None = None
    uncertain: bool = False
    is_read: bool = False
    is_plain: bool = False

    @property
    def lock(self) -> Expr | None:
        """The key of the lock that it needs."""
        return None if self.admission is None else self.admission.lock

    def has_value(self, outcome: str) -> bool:
        """Whether ending so gives the step an output."""
        outcomes = self.outcomes
        return outcome not in WITHOUT_VALUE if outcomes is None else outcome in outcomes


class End(Struct, frozen=True, eq=False):
    """A named end: all of its joins must be met."""

    name: str
    joins: tuple[int, ...]
    cancel_rest: bool


class Seen(Struct, frozen=True):
    """What a watch looks for: a step starts, or ends in `outcome`. Without a `path`: the run starts.

    `path` leads by indices from a step of the watch's graph to one inside its body.
    """

    path: tuple[int, ...]
    outcome: str | None


class WatchPlan(Struct, frozen=True, eq=False):
    """A `within`, watched in each instance of its graph. `guarantee` names it in the journal; `limit` is in milliseconds.

    `counted`: for each of `since` the places of those `events` that do not come before it in any case. `step` is the
    index of the step that stands for it, -1 for none.
    """

    guarantee: str
    limit: int
    events: tuple[Seen, ...]
    since: tuple[Seen, ...]
    counted: tuple[tuple[int, ...], ...]
    step: int = -1


class Sight(Struct, frozen=True):
    """A watch that looks for something of a step: the number of the watch, in the graph so many levels `up`."""

    watch: int
    up: int
    since: bool
    place: int
    outcome: str | None


class Watches(Struct, frozen=True, eq=False):
    """The watches of a graph. `sights` are those that look for something of a step, by its index.

    `around`: the watches that may be decided once a step is settled, by its index; `numbers` are by their names.
    """

    watches: tuple[WatchPlan, ...] = ()
    sights: Mapping[int, tuple[Sight, ...]] = field(default_factory=dict)
    around: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


UNWATCHED = Watches()


class Begin(Struct, frozen=True, eq=False):
    """What a step begins with once its joins are met, where nothing else is asked of it: an attempt of `work`, or, with
    `cases`, one of them.

    `deadline` and `limit` (in milliseconds) bound it and an attempt of it; `gate` is one that demands something.
    `reads_values`: its condition, cases and arguments read nothing but `Scope.values`.
    """

    work: Uses | None
    cases: tuple[tuple[str, Expr | None], ...] = ()
    deadline: int | None = None
    limit: int | None = None
    gate: Gate | None = None
    reads_values: bool = False


class Short(Struct, frozen=True, eq=False):
    """A step as the short way sees it. `rules` are those of its joins; where it needs but one, of all of `size` edges,
    that is `join`. `recorded` are its own edges that count in recorded joins.

    `ends` are the outcomes in which an attempt of it ends with nothing to be worked out; `begin` is None where only the
    general machine can begin it. `lane` is where its end leads, if only one step may begin then.
    """

    rules: tuple[tuple[int, JoinRule], ...]
    join: int
    size: int
    recorded: tuple[tuple[int, str], ...]
    ends: frozenset[str]
    begin: Begin | None
    lane: Lane | None


class Lane(Struct, frozen=True, eq=False):
    """The only step that may begin behind another one, `begin` that of an attempt. Where it needs but one edge, `join` is
    that of it, else -1."""

    step: StepPlan
    begin: Begin
    work: Uses
    join: int


class GraphPlan(Struct, frozen=True, eq=False):
    """The steps of a workflow or of a body. `roots` can start at once; `early` ends are read at every end.

    `short` is what the short way needs of each step.
    """

    steps: tuple[StepPlan, ...]
    index: Mapping[str, int]
    joins: tuple[Join, ...]
    waits: tuple[int, ...]
    roots: tuple[int, ...]
    short: tuple[Short, ...]
    ends: tuple[End, ...] = ()
    early: tuple[End, ...] = ()
    watched: Watches = UNWATCHED


class Concurrency(Struct, frozen=True, eq=False):
    """At most `limit` runs of an equal key at once; `when_full` is queue, reject or replace."""

    key: Expr
    limit: int
    when_full: str


class Once(Struct, frozen=True, eq=False):
    """A second run of an equal key is not started; `window` (in milliseconds) is how long it counts, None for good."""

    key: Expr
    window: int | None


class Plan(Struct, frozen=True, eq=False):
    """A workflow made ready to run. `version` is its address; `timeout` is in milliseconds.

    `answers`: a run begins with somebody's asking, so that its first messages are answers. `claims`: there is a
    step that needs a lock or a queue, or the run has a key itself; `calls`: there is a step that calls another
    workflow; `watches`: there is a `within`; `caches`: a step takes earlier results. `priority` gives that of its runs;
    `has_entry`: that, a key or a turn is asked of a run before its steps begin. `ends_with_values`: the output reads nothing
    but `Scope.values`.
    """

    name: str
    version: str
    graph: GraphPlan
    output: Producer = field(default=Constant(None))
    timeout: int | None = None
    answers: bool = True
    claims: bool = False
    concurrency: Concurrency | None = None
    once: Once | None = None
    calls: bool = False
    watches: bool = False
    caches: bool = False
    priority: Expr | None = None
    has_entry: bool = False
    ends_with_values: bool = False
