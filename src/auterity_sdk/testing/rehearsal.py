"""A rehearsal: one run of a workflow in memory, with time moved by hand and messages that go nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auterity_sdk.checks.check import Checked
from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.connections.outbox import Message
from auterity_sdk.diagnostics import Severity
from auterity_sdk.errors import InvalidWorkflow, UsageError
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.loader import check_file
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.view import RunView
from auterity_sdk.steps.registry import Registry
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.duration import Duration


class Rehearsal:
    """A run of the workflow in `file` (YAML, JSON or Python), driven until only waits are left.

    `at` is the time at its start, aware: what a step may do depends on the hour. Raises `InvalidWorkflow`
    where the file has errors. Steps run for real; only texts, mails, tasks and records stay in memory.
    """

    def __init__(
        self,
        file: str | Path,
        input: Mapping[str, Any],
        *,
        at: datetime,
        requester: str = "tester",
    ) -> None:
        if at.tzinfo is None:
            raise UsageError("`at` has no time zone", help="write datetime(…, tzinfo=ZoneInfo(…))")
        project = Project.find(Path(file).parent)
        checked = _only_sound(list(check_file(Path(file), project)), Path(file))
        catalog = checked.subject.catalog
        registry = catalog if isinstance(catalog, Registry) else project.registry
        dealership = project.settings.dealership.model_dump()
        self._connections = MemoryConnections()
        self._clock = VirtualClock(round(at.timestamp() * 1000))
        self._runtime = LocalRuntime(
            World(registry, self._connections, dealership=dealership), clock=self._clock
        )
        assert checked.workflow is not None  # noqa: S101 - it has no errors
        self.run: RunView = asyncio.run(
            self._runtime.run(checked.workflow, input, requester=requester)
        )
        """How the run stands now."""

    @property
    def now(self) -> datetime:
        """The rehearsal's time, in UTC."""
        return datetime.fromtimestamp(self._clock.now() / 1000, UTC)

    def messages(self, channel: str | None = None) -> list[Message]:
        """What the steps sent, oldest first; only `sms`, `email` or `task` with a channel."""
        return self._connections.outbox.messages(channel)

    def advance(self, length: str) -> RunView:
        """Let time pass, such as `2d`, and let the run do what is due."""
        self._clock.advance(Duration.parse(length).timedelta)
        return self._drive()

    def send(self, type: str, **data: Any) -> RunView:
        """An outside event. Its fields are named as they are, `from_` for `from`."""
        fields = {name.removesuffix("_"): value for name, value in data.items()}
        asyncio.run(self._runtime.send(type, fields))
        return self._drive()

    def approve(
        self, step: str, *, by: str = "approver", role: str, approved: bool = True, **form: Any
    ) -> RunView:
        """A person's answer to an approval."""
        answer = self._runtime.approve(
            self.run.run_id, step, by=by, roles=[role], approved=approved, form=form
        )
        asyncio.run(answer)
        return self._drive()

    def state_of(self, step: str) -> str:
        """The state of a step by its path: its outcome, `waiting`, `not reached`, …"""
        for each in self.run.walk():
            if each.path == step:
                return each.state
        raise UsageError(f"the run has no step `{step}`")

    def _drive(self) -> RunView:
        self.run = asyncio.run(self._runtime.drive(self.run.run_id))
        return self.run


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
