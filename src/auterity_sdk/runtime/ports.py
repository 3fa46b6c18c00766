"""What the engine needs of the world: a store of runs, a clock, and secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runs.events import Event
from auterity_sdk.runtime.carrying import AttemptLease, Attempts, Begun
from auterity_sdk.runtime.firings import Firings
from auterity_sdk.workflow.queue import Queue

POINT = 60_000
"""A point of a run's priority is worth so many milliseconds of waiting: so nobody waits for ever."""


class Summary(Struct, frozen=True):
    """One run at a glance. Times are milliseconds since 1970; `listens` are the types of event it waits for.

    `status` is running, waiting, uncertain, failing, cancelling, succeeded, failed or cancelled; `due` is when its
    next timer is. `parent_run` and `parent` name the `call` that started a child run. `breaches` counts the
    guarantees that were not kept in time. Of two that are due, the one of the higher `priority` is carried on first, but
    for `POINT`. `carried`: others carry its attempts out, and nobody has to drive it before `due`.
    """

    run_id: str
    workflow: str
    version: str
    status: str
    started_at: int
    ended_at: int | None = None
    due: int | None = None
    parent_run: str = ""
    parent: str = ""
    listens: tuple[str, ...] = ()
    breaches: int = 0
    priority: int = 0
    carried: bool = False


class Incoming(Struct, frozen=True):
    """An outside event, which came at `came` (milliseconds since 1970). `id` makes it count once.

    It is kept for a `receive` that begins before `until`; None is for good.
    """

    id: str
    type: str
    data: Mapping[str, Any]
    came: int
    until: int | None = None

    def lives(self, now: int) -> bool:
        """Whether its lifetime is not over."""
        return self.until is None or now < self.until


class Lease(Struct, frozen=True):
    """The right to drive a run.

    `fence` grows with each new holder: what an older one appends is refused. `orphaned`: the holder before never
    gave it back, so that it died, or was silent for too long, while it drove.
    """

    run_id: str
    owner: str
    fence: int
    orphaned: bool = False


class Claims(Struct, frozen=True):
    """What an append changes of a run's claims, by step: keys of locks that are `asked` for, queues (`queued`), steps
    whose turn was `taken`, those that have `left` their queue, and those that have `released` all that they had or asked
    for. The step with an empty path is the run itself: `slots` of its key go on at once, and with `reject` it does not
    wait. Who asks with a higher `priority` comes first, but for `POINT`. `once` is the key under which the run is
    started; a run that was started with it at `since` or later is the same. `awaits` are the types of event that the run
    waits for from now on, each with a fingerprint, or with an empty text where any event of the type may be meant (and
    `APPROVALS`); None leaves them. `kept` are results for other runs, by the digest of their key: each in place of the one before; those
    that nobody may take any more are forgotten. `begun` and `ended` are attempts that others carry out; what is
    appended is the result `of` one, and the run is `due` then at the latest."""

    asked: Mapping[str, str] = {}
    taken: Sequence[str] = ()
    released: Sequence[str] = ()
    slots: int = 1
    reject: bool = False
    once: str = ""
    at: int = 0
    since: int = 0
    awaits: Sequence[tuple[str, str]] | None = None
    queued: Mapping[str, Queue] = {}
    left: Sequence[str] = ()
    priority: int = 0
    kept: Mapping[str, CachedResult] = {}
    begun: Sequence[Begun] = ()
    ended: Collection[str] = ()
    of: AttemptLease | None = None
    due: int | None = None

    @property
    def of_attempts(self) -> bool:
        """Nothing changes but the run's own attempts."""
        return self == Claims(begun=self.begun, ended=self.ended, of=self.of, due=self.due)


class Turn(Struct, frozen=True):
    """Whose turn it is: the step's own where both are empty. `holder` is a run that comes before; `at` when the rate of
    a queue lets the next one begin."""

    holder: str = ""
    at: int | None = None

    @property
    def is_now(self) -> bool:
        """It is the step's turn."""
        return not self.holder and self.at is None


class Holder(Struct, frozen=True):
    """Of the claim `ticket` of a step that waits, which has `slots`: a step of a run that has its lock or turn."""

    step: str
    ticket: int
    slots: int
    run_id: str
    of_step: str


class Recorded(Struct, frozen=True):
    """An event of a run, as number `seq` of its journal, with its place among those of all runs of the store.

    `position` grows in the order in which events become readable, by any number per event.
    """

    position: int
    run_id: str
    workflow: str
    seq: int
    event: Event


class Recording(Struct, frozen=True):
    """Events by their position. There is none that is not among them, up to the position `upto`: no later one comes there."""

    events: Sequence[Recorded]
    upto: int


Pins = Mapping[str, Mapping[str, Any]]
"""The data of workflows, by their version: that of a run, and those that it calls by their version."""


class Fingerprints(Protocol):
    """Under what the store finds a value again that it does not keep."""

    def fingerprint(self, text: str) -> str:
        """The same for the same text and key: eight letters that name the key, `:`, and a digest.

        It is empty where the key cannot be had: then nothing is found by it, and everything has to be looked at.
        """
        ...


class Journal(Fingerprints, Protocol):
    """The journals of runs: append-only, with one writer at a time by the expected length."""

    async def append(
        self,
        run_id: str,
        expected: int,
        events: Sequence[Event],
        summary: Summary | None = None,
        taken: Sequence[str] = (),
        lease: Lease | None = None,
        claims: Claims | None = None,
        pins: Pins | None = None,
    ) -> None:
        """Make the events durable, all or none, behind the `expected` ones that are there.

        `summary` replaces the run's own, `taken` are outside events that are used up by this, `lease` is that of a
        driver, `claims` those that change with it, and `pins` the workflows that it goes by from now on: each is kept
        with it, unless it is there. A summary of a child run that has ended makes the run that called it due. Raises
        `VersionConflict` where the journal has another length or an event is used up already,
        `LeaseLost` where the run has another driver by now, or the attempt another holder, and `AlreadyStarted`, `RunRejected` and `TurnLost` as
        `claims` say.
        """
        ...

    async def events(self, run_id: str, after: int = 0) -> list[Event]:
        """The journal behind its first `after` events. Raises `RunNotFound`."""
        ...

    async def grown(self, lengths: Mapping[str, int]) -> set[str]:
        """Those of these runs whose journals are longer by now."""
        ...

    async def recorded(self, after: int, limit: int, workflow: str = "") -> Recording:
        """Events of all runs, or of those of a workflow, behind a position: the first `limit` of them.

        What was appended a moment ago may be missing, and is then behind `upto`. So who goes on from there misses
        nothing, and gets nothing twice. Events of runs that were pruned are left out.
        """
        ...

    async def last_recorded(
        self, before: int | None, limit: int, workflow: str = ""
    ) -> list[Recorded]:
        """The same, the last first: those before a position, or the last of all."""
        ...

    async def run(self, run_id: str) -> Summary | None:
        """One run at a glance."""
        ...

    async def runs(
        self,
        *,
        statuses: Sequence[str] = (),
        parent_run: str | None = None,
        prefix: str = "",
        workflow: str = "",
        before: tuple[int, str] | None = None,
        limit: int = 1000,
    ) -> list[Summary]:
        """Runs, the last to start first, by their ids where they started in the same millisecond.

        `statuses` empty: all; `prefix` is one of their ids; `workflow` empty: of all. `before` are the start and the id of
        the last run of the page before.
        """
        ...

    async def count_runs(self, statuses: Sequence[str]) -> dict[str, int]:
        """How many runs are of each of these statuses; one that none is of is left out."""
        ...


class Agenda(Protocol):
    """What there is to do: for workers, which look for it."""

    async def due(self, now: int, limit: int, queues: Sequence[str] | None = None) -> list[str]:
        """Runs that nobody drives and that have something to do at `now`, the longest due first, but for priorities.

        With `queues`, only those in which it is the turn of a step of one of these.

        A run whose driver died is among them, even if only waits are left: it may have been owed a child run.
        """
        ...

    async def next_due(self, now: int) -> int | None:
        """When the next timer after `now` is due, of a run that waits."""
        ...


class Pruning(Protocol):
    """Forgetting runs that are over."""

    async def prunable(self, before: int) -> list[str]:
        """Runs that ended before that time, as have the runs that called them; by id."""
        ...

    async def prune(self, run_ids: Sequence[str]) -> int:
        """Forget these runs, as far as they are over, what only they needed, and their results that are kept for others;
        gives how many, and the space back.

        An outside event that one of them took is forgotten too: the same id would count again.
        """
        ...


class Locks(Protocol):
    """Who has which lock, which place in a queue, and who waits: in the order of asking, but for priorities."""

    async def turns(self, run_id: str, now: int) -> dict[str, Turn]:
        """Each step of a run that waits for a lock or in a queue, and whose turn it is.

        The empty path is the run itself, where it waits for its turn among the runs of its key.
        """
        ...

    async def ahead(self, run_id: str) -> list[str]:
        """The runs of its key that come before a run, and have not ended, in order."""
        ...

    async def holders(self, run_id: str) -> list[Holder]:
        """For each lock and turn (not queue) for which a run waits: who has it."""
        ...


class Cache(Protocol):
    """Results of steps that other runs may take."""

    async def cached(self, key: str, since: int) -> CachedResult | None:
        """The result under the digest of a key, if it was made at `since` or later."""
        ...


class Versions(Protocol):
    """The workflows that runs are pinned to, by their version. They come with the runs, and go with the last of them."""

    async def version(self, version: str) -> Mapping[str, Any]:
        """The data of a version. Raises `RunNotFound`."""
        ...

    async def versions(self, prefix: str) -> list[str]:
        """The versions that begin with these digits. What a kept workflow calls by its version is kept as long as that is."""
        ...


APPROVALS = "#approve"
"""In place of a type of event: what runs await whose people have not answered yet."""

REMEMBERED = 90 * 24 * 3600 * 1000
"""The id of an outside event whose lifetime is over is known for so many milliseconds more."""


class Inbox(Protocol):
    """Outside events that no `receive` has taken yet, and who waits for one."""

    async def put(self, event: Incoming) -> bool:
        """Make an outside event durable, with a firing of each trigger of its type; False where its id is known."""
        ...

    async def event(self, id: str) -> Incoming | None:
        """An outside event, used up or not; None once it is forgotten."""
        ...

    async def waiting(self, types: Sequence[str]) -> list[Incoming]:
        """Events of these types that are not used up, the oldest first. The lifetime of some may be over."""
        ...

    async def listening(self, type: str, keys: Sequence[str]) -> list[str]:
        """Runs that may wait for an event of that type which holds what these fingerprints are of.

        An empty one among them: all that wait for the type. Runs that wait under no fingerprint, or under one of
        another key, are always among them.
        """
        ...

    async def expire(self, now: int) -> int:
        """Forget the events whose lifetime is over, and give how many; their ids are known for `REMEMBERED` more.

        Not those that a trigger was fired by which is not settled; one that nobody has looked at is missed.
        """
        ...


class Leases(Protocol):
    """Who drives a run: at most one living process. Leases need not outlive the machine."""

    async def take(self, run_id: str, owner: str, now: int, until: int) -> Lease:
        """Take the lease until `until`. Raises `RunHeld` where a living process has it."""
        ...

    async def renew(self, owner: str, until: int) -> set[str]:
        """Keep all leases of an owner until `until`; the runs whose lease it still has."""
        ...

    async def give_back(self, owner: str, run_id: str | None = None) -> None:
        """End the lease of a run, or all leases of an owner."""
        ...


TEXT = "#text"
"""Behind the path of a step: under this name is kept what it has written so far."""


class Heartbeats(Protocol):
    """What attempts have told of how far they are, for those that follow them. Not in the journal, which would grow."""

    async def beat(self, run_id: str, step: str, details: Any, lease: Lease | None = None) -> None:
        """Keep the last details of a step, plain JSON data, until its run ends.

        Raises `LeaseLost` where the run has another driver than `lease` by now.
        """
        ...

    async def last_beat(self, run_id: str, step: str) -> Any:
        """The details that a step told last; None where it told none."""
        ...


class Store(
    Journal,
    Agenda,
    Locks,
    Cache,
    Pruning,
    Versions,
    Inbox,
    Firings,
    Leases,
    Attempts,
    Heartbeats,
    Protocol,
):
    """All that is kept. `shared`: other processes may write to it too."""

    @property
    def shared(self) -> bool:
        """Whether other processes may write to it."""
        ...

    def changes(self) -> int:
        """A number that is another one once somebody else has written to it. Cheap to ask for."""
        ...


class Clock(Protocol):
    """Time, in milliseconds since 1970, UTC."""

    def now(self) -> int:
        """What time it is."""
        ...

    async def pause(
        self,
        until: int | None,
        wake: asyncio.Event,
        *,
        idle: bool,
        changed: Callable[[], bool] | None = None,
    ) -> None:
        """Wait until that time or until `wake` is set. `idle`: no attempt is running meanwhile.

        `changed` tells whether others did something; a clock of real time asks it now and then, and ends where it did.
        """
        ...


class Secrets(Protocol):
    """Where secrets come from: the environment, a vault, a keyring."""

    def __call__(self, name: str) -> str:
        """The value of a secret. Raises `ConfigurationError`, which names it, where there is none."""
        ...
