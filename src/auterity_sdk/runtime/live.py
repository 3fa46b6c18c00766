"""One run in this process's memory, and how a command changes it: load, decide, append."""

from __future__ import annotations

from collections.abc import Container, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from auterity_sdk.errors import EventsGone, RunNotFound, TurnLost, VersionConflict
from auterity_sdk.runs.commands import (
    AttemptSucceeded,
    Command,
    Start,
)
from auterity_sdk.runs.correlation import correlated
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.events import Event, RunForked, RunMigrated
from auterity_sdk.runs.evolve import evolve
from auterity_sdk.runs.migration import as_of_now
from auterity_sdk.runs.orders import Order, RunAttempt, new_orders, outstanding
from auterity_sdk.runs.plan import Plan, Wait
from auterity_sdk.runs.state import RunState, Status
from auterity_sdk.runs.straight import straight, straight_start
from auterity_sdk.runtime.carried import Rested, Taker, awaited, begun_by, ended_by, runs_elsewhere
from auterity_sdk.runtime.carrying import AttemptCarrier, AttemptLease, Begun
from auterity_sdk.runtime.claiming import claims_of, is_void, taken_by
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import APPROVALS, Claims, Journal, Lease, Pins, Summary

_ATTEMPTS_TO_APPEND = 20
_FAR_OFF = 60_000
"""A timer that is due in so many milliseconds or more is left to whoever looks for what is due."""
_AWAITED_NOTHING = Rested()


class Live(Struct, eq=False):
    """A run, as far as this process knows its journal."""

    run_id: str
    plan: Plan
    store: Journal
    state: RunState
    known: Summary | None = field(default=None)
    lease: Lease | None = None
    pins: Pins = field(default_factory=dict)
    """The workflows that are kept with what the run begins with, or goes over by."""
    carrier: AttemptCarrier | None = None
    """Takes attempts to who carries them out; None: its driver makes them itself."""
    begun: Sequence[Begun] = ()
    """The attempts that the last append has begun, of which nobody has been told."""
    rests: bool = False
    """It began with nothing to do for a driver: it waits for people, or for a time that is far off."""
    may_lack: bool = False
    """The store may still have it that the run waits for a worker with a step type: see `settle_summary`."""
    first: Sequence[RunAttempt] | None = None
    """All that is to be done of what it began with, if that is known, until anything else is recorded."""
    _correlated: dict[str, str] = field(default_factory=dict)
    _overtaken: bool = False

    async def catch_up(self) -> list[Event]:
        """Take in what others appended; gives that."""
        events = await self.store.events(self.run_id, self.state.seq)
        if any(type(event) is RunMigrated for event in events):
            if self.state.seq:
                raise _went_over(self.run_id)
            events = list(as_of_now(events))
        for event in events:
            evolve(self.state, event)
        return events

    async def is_taken_up(self, lease: Lease | None) -> bool:
        """Go on from here with this lease; false where the run has gone over to another version meanwhile."""
        try:
            changed = await self.catch_up()
        except VersionConflict:
            return False
        self.lease = lease
        if changed:
            self.known = self.first = None
        return True

    def owed(self) -> Sequence[Order]:
        """All that is to be done about the run, for who begins to drive it."""
        first, self.first = self.first, None
        return outstanding(self.state) if first is None else first

    async def apply(
        self,
        commands: Sequence[Command],
        running: Container[tuple[str, str]] = (),
        of: AttemptLease | None = None,
        taker: Taker | None = None,
    ) -> tuple[list[Event], list[Order]]:
        """Decide the commands, append what they bring about at once, and give it with what is to be done.

        Where another process was first, all is decided again on its events, and every order is given anew. A turn that
        has gone to a run of a higher priority meanwhile is not taken, nor an outside event that another run has. `of`: they
        come of an attempt that was carried out elsewhere; whoever drives the run has to look at it only where more follows
        than other such attempts. `taker` takes the first of those.
        Raises `UsageError` for an approval that cannot be taken: then nothing is appended.
        """
        overtaken, self._overtaken, self.first = self._overtaken, False, None
        for _ in range(_ATTEMPTS_TO_APPEND):
            before = self.state.seq
            rested = self._rested()
            events: list[Event] = []
            try:
                for command in commands:
                    events += self._decided(command)
                if not events:
                    return events, outstanding(self.state) if overtaken else []
                orders = new_orders(self.state, events, running)
                summary, claims = self._change(events, orders, rested, of, taker)
                await self.store.append(
                    self.run_id,
                    before,
                    events,
                    summary,
                    taken_by(commands, events),
                    self.lease,
                    claims,
                    None if before else self.pins,
                )
            except (EventsGone, VersionConflict, TurnLost) as refused:
                overtaken = True
                await self.start_over()
                commands = [each for each in commands if not is_void(each, refused)]
                continue
            except BaseException:
                await self.start_over()
                raise
            self.begun = () if claims is None else claims.begun
            return events, outstanding(self.state) if overtaken else orders
        raise VersionConflict(f"the run {self.run_id} is being changed by others all the time")

    async def begin(self, command: Start) -> Sequence[Event]:
        """`apply` for what starts the run, of which nobody needs the orders. Raises as it does."""
        found = None if self.carrier else straight_start(self.state, command, self.run_id)
        if found is None:
            return (await self.apply([command]))[0]
        events, self.first = found
        try:
            summary, claims = self._change(events, (), _AWAITED_NOTHING)
            run_id, lease, pins = self.run_id, self.lease, self.pins
            await self.store.append(run_id, 0, events, summary, (), lease, claims, pins)
        except VersionConflict:
            await self.start_over()
            return (await self.apply([command]))[0]
        return events

    def _rested(self) -> Rested:
        state = self.state
        if self.carrier is None:
            return Rested(awaited(state))
        return Rested(awaited(state), frozenset(state.asking), state.standing)

    def _change(
        self,
        events: Sequence[Event],
        orders: Sequence[Order],
        rested: Rested,
        of: AttemptLease | None = None,
        taker: Taker | None = None,
    ) -> tuple[Summary | None, Claims | None]:
        """What an append changes beside the journal; `rested` is what the run waited for before it."""
        self.rests = self.lease is None and len(events) == self.state.seq and self._may_rest()
        if self.carrier is None:
            return self._summary(), self._claims(events, rested)
        begun = begun_by(self.state, events, orders, self.carrier, taker)
        claims = replace(
            self._claims(events, rested) or Claims(),
            begun=begun,
            ended=ended_by(self.state, events) - {each.step for each in begun},
            of=of,
        )
        goes_on = rested.goes_on(self.state, orders)
        if of is None:
            return self._summary(carried=goes_on and self.lease is None), claims
        if goes_on:
            # What the summary says of others, this process does not know: it leaves it.
            return None, replace(claims, due=self.state.due)
        self.known = None
        return self._summary(), claims

    def _may_rest(self) -> bool:
        """Whether who took the run up now would only give it back."""
        state = self.state
        return (
            state.standing == "waiting"
            and not (state.listening or state.asking or state.parent_run or self.plan.claims)
            and (state.due is None or state.due >= state.at + _FAR_OFF)
            and not outstanding(state)
        )

    def _decided(self, command: Command) -> list[Event]:
        found = straight(self.state, command) if type(command) is AttemptSucceeded else None
        return decide(self.plan, self.state, command, self.run_id) if found is None else found[0]

    def straight_from(self) -> Rested | None:
        """What the run waits for, if steps may end and others begin with nothing to record but that, until something else
        is recorded; else None."""
        state, plan = self.state, self.plan
        if self.known is None or self.lease is None or self.carrier is not None:
            return None
        if plan.claims or plan.caches or state.queue:
            return None  # more than the journal would change
        if state.listening or state.asking:
            return None  # others have to be asked behind it
        return Rested(awaited(state)) if state.approving else _AWAITED_NOTHING

    async def append_straight(self, before: int, events: Sequence[Event], rested: Rested) -> None:
        """Append what a step that ended so has brought about, where that is more than one attempt.

        The run had `before` events. Raises as the store does.
        """
        summary, claims = self._summary(), self._claims(events, rested)
        await self.store.append(self.run_id, before, events, summary, (), self.lease, claims)

    def _claims(self, events: Sequence[Event], rested: Rested | None = None) -> Claims | None:
        """`rested` is what the run waited for before; None: nothing is known of that."""
        state, plan, claims = self.state, self.plan, None
        # There is a key or a result to think of: of the plan, or of the version by which the run was started.
        if plan.claims or plan.caches or state.queue:
            claims = claims_of(state, events)
        if rested is not None and not self.may_lack and awaited(state) == rested.awaited:
            return claims
        self.may_lack = False
        return replace(claims or Claims(), awaits=self._awaits())

    def _awaits(self) -> tuple[tuple[str, str], ...]:
        """What the run waits for from outside, and under which fingerprint an event finds it."""
        found = set()
        for path, event in self.state.listening.items():
            if path not in self._correlated:
                text = correlated(self.state, path)
                self._correlated[path] = "" if text is None else self.store.fingerprint(text)
            found.add((event, self._correlated[path]))
        if self.state.approving:
            found.add((APPROVALS, ""))
        return tuple(sorted(found))

    async def append_decided(
        self, events: Sequence[Event], before: int = 0, lease: Lease | None = None
    ) -> None:
        """Append events that were decided elsewhere, behind the `before` that there are; the state is that after them."""
        # What a fork keeps has asked for its locks elsewhere, and has released them.
        border = [at for at, each in enumerate(events) if isinstance(each, RunForked)]
        own = events[border[-1] :] if border else events
        claims, summary = self._claims(own), self._summary()
        await self.store.append(self.run_id, before, events, summary, (), lease, claims, self.pins)

    async def start_over(self, *, overtaken: bool = False) -> None:
        """Fold the run anew from the store: what was decided is not recorded. `overtaken`: others were first.

        Raises `VersionConflict` where it goes by another version now.
        """
        self._overtaken = overtaken
        version = self.state.version
        self.state = RunState(self.plan)
        self.known = None
        summary = await self.store.run(self.run_id)
        if summary is None:
            return
        if version and summary.version != version:
            raise _went_over(self.run_id)
        await self.catch_up()

    def goes_on_by(self, time: int) -> bool:
        """Whether a pause between attempts or rounds, or a `wait`, is over by then."""
        for path, run in self.state.active.items():
            if run.wake is None or run.wake > time:
                continue
            if run.status in (Status.PAUSED, Status.STOPPING):
                return True
            if isinstance(self.state.place(path)[1].work, Wait):
                return True
        return False

    async def settle_summary(self, lacks: Sequence[str] = ()) -> None:
        """Let the run's summary say what it waits for, before nobody drives it any more.

        `lacks` are the step types that it waits for where only other workers have them: they find it by that.
        """
        self.known = await self.store.run(self.run_id)
        elsewhere = self.carrier is not None and runs_elsewhere(self.state)
        summary, claims = self._summary(carried=elsewhere), None
        if lacks and self.known is not None:
            summary = replace(self.known, status="waiting", due=self.state.due)
        if lacks or self.may_lack:
            claims = Claims(awaits=(*self._awaits(), *((each, "") for each in lacks)))
        if summary is not None or claims is not None:
            await self.store.append(
                self.run_id, self.state.seq, (), summary, (), self.lease, claims
            )

    async def make_due(self, now: int) -> None:
        """Let somebody take the run up."""
        summary = None if self.known is None else replace(self.known, due=now)
        await self.store.append(self.run_id, self.state.seq, (), summary, (), self.lease)

    def _summary(self, *, carried: bool = False) -> Summary | None:
        """The run at a glance, if that has changed. `carried`: it goes on without a driver, until it is due."""
        state, known, is_driven = self.state, self.known, self.lease is not None
        status = state.standing
        if status == "running" and is_driven and not carried and _says_that_it_runs(known, state):
            return None
        # What is appended by others than the driver is to be looked at by one.
        looked_at = is_driven or carried or self.rests or state.over
        due = state.due if looked_at else state.at
        listens = tuple(sorted(set(state.listening.values()))) if state.listening else ()
        breaches = len(state.breaches)
        now = due, listens, breaches, carried
        if known is not None and known.status == status and _told_by(known) == now:
            return None
        self.known = Summary(
            self.run_id,
            self.plan.name,
            state.version,
            status,
            state.started_at,
            state.ended_at,
            due,
            state.parent_run,
            state.parent,
            listens,
            breaches,
            state.priority,
            carried,
        )
        return self.known


def _told_by(known: Summary) -> tuple[object, ...]:
    return known.due, known.listens, known.breaches, known.carried


def _says_that_it_runs(known: Summary | None, state: RunState) -> bool:
    """While a run is carried on, nobody asks when it is due."""
    return (
        known is not None
        and known.status == "running"
        and known.breaches == len(state.breaches)
        and not (known.listens or state.listening)
    )


def _went_over(run_id: str) -> VersionConflict:
    return VersionConflict(
        f"the run {run_id} goes by another version now", help="give the command again"
    )


async def open_run(
    run_id: str,
    store: Journal,
    plans: Plans,
    lease: Lease | None = None,
    known: Live | None = None,
    carrier: AttemptCarrier | None = None,
) -> Live:
    """A run of the store, folded from its journal, or from where it is `known`; `lease` is that of its driver.

    `carrier` takes its attempts to who carries them out.

    Raises `RunNotFound`.
    """
    if known is not None and await known.is_taken_up(lease):
        known.carrier = carrier
        return known
    summary = await store.run(run_id)
    if summary is None:
        raise RunNotFound(f"there is no run {run_id}", help="`auterity runs list` shows all")
    plan = await plans.of_version(summary.version)
    live = Live(run_id, plan, store, RunState(plan), lease=lease, carrier=carrier)
    await live.catch_up()
    return live
