"""What the events of approvals change: answers, reminders, and who is asked."""

from __future__ import annotations

from auterity_sdk.runs.events import (
    ApprovalEscalated,
    ApprovalRecorded,
    PeopleAsked,
    PeopleReminded,
)
from auterity_sdk.runs.state import Asked, StepRun, Vote


def approval(
    run: StepRun, event: ApprovalRecorded | PeopleAsked | PeopleReminded | ApprovalEscalated
) -> None:
    """An approval is asked for, reminded of, passed on or answered."""
    match event:
        case ApprovalRecorded():
            vote = Vote(event.by, event.approved, event.form, event.at)
            run.votes = [*(run.votes or ()), vote]
        case PeopleAsked():
            run.asked = Asked(event.proposed, event.remind_at, event.escalate_at)
        case PeopleReminded():
            asked = _asked(run)
            asked.remind_at = event.next_at
            asked.reminders += 1
        case ApprovalEscalated():
            asked = _asked(run)
            asked.role, asked.escalate_at = event.role, None


def alarms_of(asked: Asked) -> list[int]:
    """When something is due of an approval besides its time limit."""
    return [at for at in (asked.remind_at, asked.escalate_at) if at is not None]


def _asked(run: StepRun) -> Asked:
    if run.asked is None:
        raise KeyError("nobody was asked")
    return run.asked
