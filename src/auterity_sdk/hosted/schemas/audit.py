"""The audit trail: who did what, when, to what. It is only ever added to."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment


class AuditEntry(Answer):
    """One deed. `actor` is a user or API key, None for the server itself; `action` a verb on a noun (`workflows:push`).

    `target` names what it was done to, such as `environment/e1x5c3`; `details` hold ids and words, and no personal data.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "000000000042",
                    "at": "2026-11-28T15:00:00Z",
                    "actor": "u2b6n8",
                    "action": "workflows:push",
                    "target": "environment/e1x5c3",
                    "allowed": True,
                    "details": {"workflows": ["lead-response"]},
                }
            ]
        }
    )

    id: Id
    at: Moment
    actor: Id | None = None
    action: str
    target: str
    allowed: bool = True
    details: dict[str, Any] = Field(default_factory=dict)
