"""One attempt in a process of its own, with which it may end: of those in which processes died before."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import msgspec
from msgspec import Struct, field

from auterity_sdk.runtime.carrying import AttemptLease

MOST = 4
"""So many of these processes run at once beside a worker; others wait for their turn, and are kept meanwhile."""

BEGUN = b"begun"
"""It says so before it makes the attempt."""


class Apart(Struct, frozen=True):
    """What such a process is told: the attempt that its worker has claimed, and of which `project` the step type is."""

    environment_id: str
    lease: AttemptLease
    project: str | None = None


class ApartProcesses(Struct, eq=False):
    """Starts them for one worker."""

    project: Path | None = None
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST))

    async def make(self, environment_id: str, lease: AttemptLease) -> bool:
        """Let a process make the attempt, and wait until it has ended; false where it never began.

        It records the result itself. Who stops waiting ends it.
        """
        project = None if self.project is None else str(self.project)
        given = msgspec.json.encode(Apart(environment_id, lease, project)).decode()
        async with self._room:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "auterity_server.workers.one_attempt", given),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
            )
            try:
                assert process.stdout is not None  # noqa: S101 - it is a pipe
                said = await process.stdout.readline()
                await process.wait()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return said.startswith(BEGUN)
