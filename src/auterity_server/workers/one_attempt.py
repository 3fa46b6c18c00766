"""A process that makes one attempt, which a worker has claimed and keeps: `python -m auterity_server.workers.one_attempt`."""

from __future__ import annotations

import asyncio
import os
import sys

import msgspec

from auterity_sdk.errors import LeaseLost
from auterity_server.running.apart import (
    BEGUN,
    ApartAttempt,
    end_with_who_started_it,
    speak_as_the_worker,
)
from auterity_server.settings import Settings
from auterity_server.workers.own_steps import OwnSteps
from auterity_server.workers.process import WorkerProcess


def main(given: str) -> None:
    """Make the attempt."""
    end_with_who_started_it()
    told = msgspec.json.decode(given, type=ApartAttempt)
    own = None if told.project is None else OwnSteps.of(told.project)
    worker = WorkerProcess(Settings.from_environment(os.environ), own)
    try:
        asyncio.run(worker.make_one(told.environment_id, told.lease, _tell_begun))
    except LeaseLost:
        return  # its worker was silent for too long, and somebody else has it


def _tell_begun() -> None:
    os.write(1, BEGUN + b"\n")
    speak_as_the_worker()


if __name__ == "__main__":
    main(sys.argv[1])
