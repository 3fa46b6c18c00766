"""The first event of a run."""

from __future__ import annotations

from auterity_sdk.runs.commands import Start
from auterity_sdk.runs.events import RunStarted
from auterity_sdk.runs.plan import Plan


def run_started(plan: Plan, command: Start, at: int, run_id: str) -> RunStarted:
    """What `Start` records at once. The time limit of a run that may wait for its turn begins with that turn."""
    deadline = None
    if plan.timeout is not None and plan.concurrency is None:
        deadline = at + plan.timeout
    return RunStarted(
        at,
        run_id,
        plan.version,
        command.input,
        command.requester,
        command.parent_run,
        command.parent,
        command.attempt,
        deadline,
        command.connections,
        command.locked,
    )
