"""Processes that carry out one thing each, with which they may end: what processes died of before."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct, field

from auterity_sdk.runtime.carrying import AttemptLease
from auterity_server.settings import Settings

MOST = 4
"""So many of these processes run at once beside a worker; others wait for their turn, and are kept meanwhile."""

BEGUN = b"begun"
"""It says so before it makes the attempt."""

ONE_ATTEMPT = "auterity_server.workers.one_attempt"
ONE_RUN = "auterity_server.workers.one_run"


class ApartAttempt(Struct, frozen=True):
    """What such a process is told: the attempt that its worker has claimed, and of which `project` the step type is."""

    environment_id: str
    lease: AttemptLease
    project: str | None = None


class ApartRun(Struct, frozen=True):
    """The run that it is to carry on, as far as it goes; with a `project`, attempts of its step types alone."""

    environment_id: str
    run_id: str
    project: str | None = None


class ApartProcesses(Struct, eq=False):
    """Starts them for one worker. Who stops waiting for one ends it, and the worker's end, however it comes, does too."""

    settings: Settings
    project: Path | None = None
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST))

    async def make(self, environment_id: str, lease: AttemptLease) -> bool:
        """Let a process make the attempt, and wait until it has ended; false where it never began.

        It records the result itself.
        """
        told = ApartAttempt(environment_id, lease, self._of_project)
        return (await self._ended(ONE_ATTEMPT, told)).startswith(BEGUN)

    async def carry_on(self, environment_id: str, run_id: str) -> None:
        """Let a process carry the run on, and wait until it has ended."""
        await self._ended(ONE_RUN, ApartRun(environment_id, run_id, self._of_project))

    @property
    def _of_project(self) -> str | None:
        return None if self.project is None else str(self.project)

    async def _ended(self, module: str, told: Struct) -> bytes:
        """Wait for a process; gives the first line that it said."""
        given = msgspec.json.encode(told).decode()
        async with self._room:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", module, given),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, **self.settings.as_environment()},
            )
            try:
                assert process.stdout is not None  # noqa: S101 - it is a pipe
                said = await process.stdout.readline()
                await process.wait()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return said


def end_with_who_started_it() -> None:
    """End this process as soon as the one that started it has ended, even if that was killed.

    Its end of the pipe that is this one's standard input closes then. Steps find nothing on standard input.
    """
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    threading.Thread(target=_end_with, args=(pipe,), name="auterity-parent", daemon=True).start()


def _end_with(pipe: int) -> None:
    with suppress(OSError):
        os.read(pipe, 1)
    os._exit(1)


def speak_as_the_worker() -> None:
    """What steps print goes where the worker's own messages go."""
    os.dup2(2, 1)
