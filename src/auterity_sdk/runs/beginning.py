"""The first event of a run."""

from __future__ import annotations

from auterity_sdk.runs.commands import Start
from auterity_sdk.runs.events import RunStarted
from auterity_sdk.runs.plan import Plan


def run_started(plan: Plan, command: Start, at: int, run_id: str) -> RunStarted:
    """What `Start` records at once. The time limit of a run that may wait for its turn begins with that turn."""
    is_timed = plan.timeout is not None and plan.concurrency is None
    return RunStarted(
        at=at,
        run_id=run_id,
        version=plan.version,
        input=dict(command.input),
        requester=command.requester,
        parent_run=command.parent_run,
        parent=command.parent,
        attempt=command.attempt,
        deadline=at + (plan.timeout or 0) if is_timed else None,
        connections=dict(command.connections),
        locked=command.locked,
    )
