"""Parts of a server whose time is moved by hand, for what comes due."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.ports import Summary
from auterity_server.database.places import Environment, PlacesOf
from auterity_server.database.tables.environments import environments
from auterity_server.running.hosted_runs import EnvironmentRuns
from auterity_server.wiring import Wiring, wire
from auterity_server.workflows.checking import Candidate
from auterity_server.workflows.deploying import Actor, Asked
from tests.server.conftest import hosted, new_organisation, owned, settings_for

__all__ = ["hosted", "owned"]


class HandClock(SystemClock):
    """The time of this machine, moved on by hand."""

    def forward(self, milliseconds: int) -> None:
        self._shift += milliseconds


@dataclass
class Process:
    """A server process without its socket, and one environment in it."""

    wiring: Wiring
    environment: Environment

    async def runs(self) -> EnvironmentRuns:
        return await self.wiring.runs.of(self.environment)

    async def push(self, *texts: str, project: dict[str, Any] | None = None) -> None:
        asked = Asked(self.environment, Actor("usr_1", "user:usr_1"))
        candidates = [
            Candidate(f"workflows/{number}.yaml", text, project or {})
            for number, text in enumerate(texts)
        ]
        await self.wiring.deploying.deploy(asked, candidates)

    async def roll_back(self, workflow: str) -> None:
        asked = Asked(self.environment, Actor("usr_1", "user:usr_1"), "rollback")
        await self.wiring.deploying.roll_back(asked, workflow, None)

    async def all_runs(self) -> list[Summary]:
        return await (await self.runs()).runtime.list_runs()

    async def until(self, holds: Callable[[list[Summary]], bool]) -> list[Summary]:
        """The runs once they stand so."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            found = await self.all_runs()
            if holds(found):
                return found
            await asyncio.sleep(0.02)
        raise AssertionError([f"{each.workflow} {each.status}" for each in found])


class Processes:
    """Server processes on one data folder, which go by one clock."""

    def __init__(self, folder: Path, at: str) -> None:
        self.folder = folder
        self.clock = HandClock.starting_at(datetime.fromisoformat(at))
        assert isinstance(self.clock, HandClock)
        self._open = AsyncExitStack()

    async def start(self) -> Process:
        """One more."""
        made = wire(settings_for(self.folder))
        made.runs.clock = made.runs.machine = made.deploying.clock = self.clock
        await self._open.enter_async_context(made.running())
        return Process(made, await self._environment(made))

    async def stop(self) -> None:
        """All of them."""
        await self._open.aclose()
        self._open = AsyncExitStack()

    async def _environment(self, wiring: Wiring) -> Environment:
        async with wiring.database.reading() as connection:
            query = select(environments.c.id, environments.c.organisation_id)
            row = (await connection.execute(query.where(environments.c.name == "staging"))).first()
            if row is not None:
                found = await PlacesOf(connection, row.organisation_id).environment(row.id)
                assert found is not None
                return found
        await new_organisation(wiring)
        return await self._environment(wiring)


@pytest.fixture
async def processes(tmp_path: Path) -> AsyncIterator[Callable[[str], Processes]]:
    """`processes("2026-11-24T15:00:00Z")`."""
    made: list[Processes] = []

    def at(moment: str) -> Processes:
        made.append(Processes(tmp_path / "data", moment))
        return made[-1]

    yield at
    for each in made:
        await each.stop()
