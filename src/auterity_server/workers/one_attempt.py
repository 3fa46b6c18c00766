"""A process that makes one attempt, which a worker has claimed and keeps: `python -m auterity_server.workers.one_attempt`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from auterity_sdk.errors import LeaseLost
from auterity_sdk.runtime.project import Project
from auterity_server.running.project_worker import own_step_types
from auterity_server.settings import Settings
from auterity_server.workers.apart import BEGUN, Apart
from auterity_server.workers.process import OwnSteps, WorkerProcess


def main(given: str) -> None:
    """Make the attempt."""
    told = msgspec.json.decode(given, type=Apart)
    own = None
    if told.project is not None:
        project = Project.find(Path(told.project))
        own = OwnSteps(project, own_step_types(project.registry))
    worker = WorkerProcess(Settings.from_environment(os.environ), own)
    try:
        asyncio.run(worker.make_one(told.environment_id, told.lease, _tell_begun))
    except LeaseLost:
        return  # its worker was silent for too long, and somebody else has it


def _tell_begun() -> None:
    os.write(1, BEGUN + b"\n")
    # What the step prints goes where the worker's own messages go.
    os.dup2(2, 1)


if __name__ == "__main__":
    main(sys.argv[1])
