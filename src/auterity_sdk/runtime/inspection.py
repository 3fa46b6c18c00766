"""One run looked at: its journal, masked unless it is asked for in clear, and its state after any event."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct, field

from auterity_sdk.errors import UsageError
from auterity_sdk.runs.events import Event, RunMigrated, RunStarted
from auterity_sdk.runs.migration import as_of_now
from auterity_sdk.runs.plan import Plan
from auterity_sdk.runs.replay import Divergence, divergence, folded
from auterity_sdk.runtime.history import attempts
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.parts import Part, needed
from auterity_sdk.runtime.redaction import Redaction
from auterity_sdk.runtime.unserved import unserved
from auterity_sdk.runtime.view import RunView, view


class Inspection(Struct, frozen=True):
    """A run. `clear` is its journal as it is, `events` what may be shown of it; `plans` are those it went by.

    `lacking` are step types: it waits for a worker that has them.
    """

    run_id: str
    plans: Mapping[str, Plan]
    clear: Sequence[Event]
    events: Sequence[Event]
    lacking: Collection[str] = ()

    def view(self, to: int | None = None) -> RunView:
        """The run as it stood after its event `to`, counted from 1; as it stands, without.

        Raises `UsageError` where there is no such event.
        """
        if to is not None and not 1 <= to <= len(self.events):
            raise UsageError(
                f"the run {self.run_id} has no event {to}",
                help=f"it has {len(self.events)}: auterity runs events {self.run_id}",
            )
        shown = self.events[:to]
        told = as_of_now(shown)
        lacking = self.lacking if to is None else ()
        return view(folded(self._plan(shown), told), attempts(told), lacking)

    def divergence(self) -> Divergence | None:
        """The first event that is not what would be decided now."""
        return divergence(self._plan(self.clear), as_of_now(self.clear))

    def _plan(self, events: Sequence[Event]) -> Plan:
        return self.plans[_versions(events)[-1]]


class Looking(Struct, eq=False):
    """Masks the events of one run as they come, by the version that it goes by then."""

    runtime: LocalRuntime
    run_id: str
    reveal: bool = False
    _redaction: Redaction | None = field(default=None)

    async def at(self, event: Event) -> Event:
        """The event as it may be shown. To be given each event once, in order."""
        if self.reveal:
            return event
        if isinstance(event, RunStarted | RunMigrated):
            await self._go_by(event.version)
        return self.at_once(event)

    async def learn(self, event: Event) -> None:
        """Know what is personal in an event, before those that come earlier are shown."""
        if isinstance(event, RunStarted | RunMigrated):
            await self._go_by(event.version)
        if self._redaction is not None:
            self._redaction.learn((event,))

    def at_once(self, event: Event) -> Event:
        """The same for an event behind the first, while the run goes by one version."""
        if self.reveal or self._redaction is None:
            return event
        return self._redaction.masked(event)

    def text(self, text: str) -> str:
        """A text about the run, such as an error's, with what is personal masked."""
        if self.reveal or self._redaction is None:
            return text
        return self._redaction.masked_text(text)

    def written(self, text: str) -> str:
        """A text that a step wrote, without what the run holds of persons, and what else looks personal."""
        if self.reveal:
            return text
        from auterity_sdk.ai.scrub.scrub import (
            scrub,
        )  # here: it takes a while, and few look at such a text

        return scrub(self.text(text)).text

    async def _go_by(self, version: str) -> None:
        classes = await self.runtime.plans.classes(version)
        if self._redaction is None:
            self._redaction = Redaction(classes)
        else:
            self._redaction.classes = classes


async def inspect(runtime: LocalRuntime, run_id: str, *, reveal: bool = False) -> Inspection:
    """Look at a run. Raises `RunNotFound`."""
    events = await runtime.store.events(run_id)
    plans = {version: await runtime.plans.of_version(version) for version in _versions(events)}
    shown: Sequence[Event] = events
    if not reveal:
        # Twice, so that what quotes a value before it is known to be personal is masked as well.
        looking = Looking(runtime, run_id)
        for event in events:
            await looking.learn(event)
        shown = [await looking.at(event) for event in events]
    return Inspection(run_id, plans, events, shown, await _lacking(runtime, run_id))


async def _lacking(runtime: LocalRuntime, run_id: str) -> Collection[str]:
    """The step types for which a run waits, since only other workers have them, or no worker that lives."""
    if runtime.carrier is not None:
        lines = await runtime.store.attempts(run_id=run_id)
        queues = {each.queue for each in lines if not each.owner}
        return await unserved(runtime.carrier, runtime.world.registry, queues) if queues else ()
    elsewhere = [each for each in runtime.world.registry.declared if not _is_here(runtime, each)]
    for name in elsewhere:
        key = needed(name, runtime.world.registry.declared[name].digest)
        if run_id in await runtime.store.listening(key, [""]):
            summary = await runtime.store.run(run_id)
            return elsewhere if summary is not None and summary.status == "waiting" else ()
    return ()


def _is_here(runtime: LocalRuntime, name: str) -> bool:
    return Part(runtime.world.registry).carries_out(name)


def _versions(events: Sequence[Event]) -> list[str]:
    return [event.version for event in events if isinstance(event, RunStarted | RunMigrated)]
