"""What runs ask people for, and the answer."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from auterity_sdk.hosted.schemas.grant import BusinessRole
from auterity_sdk.hosted.schemas.shape import Answer, Moment, Request


class Approval(Answer):
    """A step of a run that asks. `role` is who is asked, `proposed` what may be changed with the answer.

    Of a budget that would be passed it asks whether the budget counts once more: the answer takes no `form`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "run_id": "3d1f8c2e9a",
                    "workflow": "trade-in-appraisal",
                    "step": "manager",
                    "role": "sales_manager",
                    "title": "Offer $14,200 for the trade-in?",
                    "until": "2026-11-28T19:00:00Z",
                    "proposed": {"amount": 14200},
                }
            ]
        }
    )

    run_id: str
    workflow: str
    step: str
    role: str
    title: str = ""
    until: Moment | None = None
    proposed: dict[str, Any] = Field(default_factory=dict)
    reminders: int = 0


class ApprovalAnswer(Request):
    """An answer. `form` are the fields of the step's form; `role` says in which of the caller's business roles it is
    given, and may be left out where the caller has the one that is asked.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"approved": True, "form": {"amount": 14000}}]}
    )

    approved: bool
    form: dict[str, Any] = Field(default_factory=dict)
    role: BusinessRole | None = None
