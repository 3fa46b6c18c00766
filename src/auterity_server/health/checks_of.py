"""Which checks a process has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from auterity_server.database.database import Database
from auterity_server.health.checks import (
    Check,
    broker_answers,
    database_answers,
    disk_has_room,
    migrations_are_current,
    runs_are_carried_on,
)
from auterity_server.running.hosted_runs import HostedRuns
from auterity_server.settings import Settings


def checks_of(
    settings: Settings, database: Database, runs: HostedRuns, data: Path
) -> Sequence[Check]:
    """The parts that a process with these settings cannot work without."""
    checks = [database_answers(database), migrations_are_current(database)]
    if runs.carries_on:
        checks.append(runs_are_carried_on(lambda: runs.is_well))
    checks.append(disk_has_room(data, settings.least_disk))
    if settings.broker_url:
        checks.append(broker_answers(settings.broker_url))
    return checks
