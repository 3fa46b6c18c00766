"""A step that ends its process, and runs in which processes have died."""

from __future__ import annotations

from auterity_sdk.runs.commands import DriverDied
from auterity_sdk.runtime.live import open_run
from tests.server.conftest import Owned, RunningServer

CRASH = """import os
import signal

from auterity_sdk import step


@step(name="photos.grade")
def grade(crash: bool) -> None:
    \"\"\"End the process, if told to.\"\"\"
    if crash:
        os.kill(os.getpid(), signal.SIGKILL)
"""
CRASHES = """auterity: 1
name: photos
input: {crash: boolean}
steps: {grade: {uses: photos.grade, with: {crash: "${input.crash}"}}}
"""


async def processes_died(
    server: RunningServer, owned: Owned, run_id: str, step: str, times: int
) -> None:
    """So many processes have died with the attempt of the run already."""
    known = server.wiring.runs.known(owned.staging)
    assert known is not None
    runtime = known.runtime
    live = await open_run(run_id, runtime.store, runtime.plans, carrier=runtime.carrier)
    for _ in range(times):
        await live.apply([DriverDied(runtime.clock.now(), frozenset({step}))])
