"""A rehearsal: one run of a workflow in memory, with time moved by hand and messages that go nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from auterity_sdk.ai.prices import Prices
from auterity_sdk.checks.check import Checked
from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.connections.outbox import Message
from auterity_sdk.connections.usage import Spent
from auterity_sdk.diagnostics import Severity
from auterity_sdk.errors import InvalidWorkflow, UsageError
from auterity_sdk.runs.events import Event
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.loader import check_file
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.view import BreachView, RunView, StepView
from auterity_sdk.steps.registry import Registry
from auterity_sdk.testing.kept_answers import Models, rehearsing
from auterity_sdk.testing.rehearsal_clock import NothingDue
from auterity_sdk.testing.rehearsal_connections import RehearsalConnections
from auterity_sdk.testing.rehearsal_store import Unloaded
from auterity_sdk.testing.scripted_steps import ScriptedRegistry
from auterity_sdk.testing.scripts import Scripted, Scripts
from auterity_sdk.testing.stage import RehearsalStage
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.model import Workflow

LONGEST = "366d"
"""So much time of its own `finish` lets pass."""

RUN_ID = "rehearsal"


class Rehearsed(Struct, frozen=True):
    """A workflow that was checked and may be rehearsed, any number of times."""

    file: Path
    project: Project
    checked: Checked
    workflow: Workflow
    registry: Registry

    @classmethod
    def load(cls, file: Path, project: Project | None = None) -> Rehearsed:
        """Check a file. Raises `InvalidWorkflow` where it has errors."""
        project = project or Project.find(file.parent)
        checked = _only_sound(list(check_file(file, project)), file)
        catalog = checked.subject.catalog
        registry = catalog if isinstance(catalog, Registry) else project.registry
        assert checked.workflow is not None  # noqa: S101 - it has no errors
        return cls(file, project, checked, checked.workflow, registry)


class Cast(Protocol):
    """Those who answer what a run asks, by themselves."""

    def join(self, rehearsal: Rehearsal) -> None:
        """Before the run begins."""
        ...


class Rehearsal:
    """A run of the workflow in `file` (YAML, JSON or Python), driven until only waits are left.

    `at` is the time at its start, aware: what a step may do depends on the hour. Steps run for real, but for those
    in `steps`, by their path (see `returns`, `raises`, `outcome`; a plain function is given the step's arguments).
    Texts, mails, tasks and records stay in memory; secrets are made up. Language models are answered for by what was
    kept beside the workflow (`x.answers.json`), else by offline rules, unless `models` gives those of connections by
    name; `prices` are what their calls cost. `forced_replay` drops the run from memory after each event and
    loads it from its journal again: what holds then, holds over crashes. A `cast` answers by itself, and nothing is
    driven before it is asked for. Raises `InvalidWorkflow` where the file has
    errors.
    """

    def __init__(
        self,
        file: str | Path | Rehearsed,
        input: Mapping[str, Any],
        *,
        at: datetime,
        requester: str = "tester",
        steps: Mapping[str, Scripted] | None = None,
        forced_replay: bool = False,
        cast: Cast | None = None,
        models: Models | None = None,
        prices: Prices | None = None,
    ) -> None:
        if at.tzinfo is None:
            raise UsageError("`at` has no time zone", help="write datetime(…, tzinfo=ZoneInfo(…))")
        of = file if isinstance(file, Rehearsed) else Rehearsed.load(Path(file))
        self.started_at = at
        self.stage = RehearsalStage(
            round(at.timestamp() * 1000), Scripts(steps), unloads=forced_replay
        )
        self._connections = MemoryConnections()
        self.runtime = LocalRuntime(
            World(
                ScriptedRegistry.around(of.registry, self.stage),
                RehearsalConnections(
                    self._connections, models or rehearsing(of.file), prices or Prices()
                ),
                dealership=of.project.settings.dealership.model_dump(),
                secrets=_made_up_secret,
                chance=_always_the_longest,
            ),
            store=self.stage.store,
            clock=self.stage.clock,
            pausing=True,
        )
        if cast is not None:
            cast.join(self)
        self._asked(
            lambda: self.runtime.start(
                of.workflow,
                input,
                requester=requester,
                scopes=of.checked.subject.scopes,
                run_id=RUN_ID,
            )
        )
        self.run: RunView = self._drive() if cast is None else self._shown(RUN_ID)
        """How the run stands now."""

    @property
    def now(self) -> datetime:
        """The rehearsal's time, in UTC."""
        return datetime.fromtimestamp(self.stage.clock.now() / 1000, UTC)

    @property
    def elapsed(self) -> timedelta:
        """How much of its own time the run took; as of now where it has not ended."""
        return (self.run.ended_at or self.now) - self.run.started_at

    def walk(self) -> Iterator[tuple[str, StepView]]:
        """All steps with their paths, those of called runs (`handoff/greet`) among them."""
        for run_id in self.stage.store.run_ids():
            for step in self._shown(run_id).walk():
                yield self.stage.path(run_id, step.path), step

    def breaches(self) -> Iterator[BreachView]:
        """The guarantees that were not kept in time, those of called runs among them."""
        for run_id in self.stage.store.run_ids():
            yield from self._shown(run_id).breaches

    def journal(self, run_id: str = RUN_ID) -> Sequence[Event]:
        """The events of the run, or of one that it called."""
        return self.stage.store.journal(run_id)

    @property
    def model_calls(self) -> Sequence[Spent]:
        """What calls of language models took, oldest first."""
        return self._connections.usage.recorded

    def messages(self, channel: str | None = None) -> list[Message]:
        """What the steps sent, oldest first; only `sms`, `email` or `task` with a channel."""
        return self._connections.outbox.messages(channel)

    def advance(self, length: str) -> RunView:
        """Let time pass, such as `2d`; whatever is due meanwhile happens at its time."""
        until = self.stage.clock.now() + Duration.parse(length).milliseconds
        self.run = self._drive(until)
        self.stage.clock.at = max(self.stage.clock.at, until)
        return self.run

    def finish(self, within: str = LONGEST) -> RunView:
        """Let time pass until the run has ended, or nothing is left that happens by itself."""
        self.run = self._drive(self.stage.clock.now() + Duration.parse(within).milliseconds)
        return self.run

    def send(self, type: str, **data: Any) -> RunView:
        """An outside event. Its fields are named as they are, `from_` for `from`."""
        fields = {name.removesuffix("_"): value for name, value in data.items()}
        self._asked(lambda: self.runtime.send(type, fields))
        self.run = self._drive()
        return self.run

    def approve(
        self, step: str, *, by: str = "approver", role: str, approved: bool = True, **form: Any
    ) -> RunView:
        """A person's answer to an approval."""
        self._asked(
            lambda: self.runtime.approve(
                RUN_ID, step, by=by, roles=[role], approved=approved, form=form
            )
        )
        self.run = self._drive()
        return self.run

    def settle(self, step: str, outcome: str, *, by: str = "tester", **output: Any) -> RunView:
        """A person says how an uncertain step ended, by its path: in an outcome, `failed`, or `retry`."""
        given = output or None
        self._asked(lambda: self.runtime.settle(RUN_ID, step, outcome, output=given, by=by))
        self.run = self._drive()
        return self.run

    def cancel(self, *, by: str = "tester", after_step: bool = False) -> RunView:
        """Cancel the run: what is done and can be undone is undone; with `after_step` what runs ends first."""
        self._asked(lambda: self.runtime.cancel(RUN_ID, by=by, after_step=after_step))
        self.run = self._drive()
        return self.run

    def state_of(self, step: str) -> str:
        """The state of a step by its path: its outcome, `waiting`, `not reached`, …"""
        for path, each in self.walk():
            if path == step:
                return each.state
        raise UsageError(f"the run has no step `{step}`")

    def _shown(self, run_id: str) -> RunView:
        return asyncio.run(self.runtime.show(run_id))

    def _asked(self, ask: Callable[[], Awaitable[object]]) -> None:
        async def whole() -> None:
            with suppress(Unloaded):  # it is recorded
                await ask()

        asyncio.run(whole())

    def _drive(self, until: int | None = None) -> RunView:
        """Until only waits are left or, with a time, until nothing is due before it."""
        return asyncio.run(self._driven(until))

    async def _driven(self, until: int | None) -> RunView:
        stage = self.stage
        stage.clock.horizon = until
        stage.clock.driving = asyncio.current_task()
        try:
            while True:
                stage.store.unloading = False
                try:
                    return await self.runtime.drive(RUN_ID, to_the_end=until is not None)
                except Unloaded:
                    stage.clock.forget_attempts()
                except NothingDue:
                    return await self.runtime.show(RUN_ID)
        finally:
            stage.forget_attempts()


def _made_up_secret(name: str) -> str:
    """A test needs no real one, and may run where there is none."""
    return f"secret-{name}-of-a-test"


def _always_the_longest() -> float:
    """Pauses between attempts are as long as they may be, so that a rehearsal takes the same time each time."""
    return 1.0


def _only_sound(checked: list[Checked], file: Path) -> Checked:
    if len(checked) != 1:
        raise UsageError(f"{file} holds {len(checked)} workflows", help="rehearse a file with one")
    errors = [
        f"{checked[0].report.source.span(found.location).line}: {found.code} {found.message}"
        for found in checked[0].report.diagnostics
        if found.severity is Severity.ERROR
    ]
    if errors:
        raise InvalidWorkflow(f"{file} has errors:\n" + "\n".join(errors))
    return checked[0]
