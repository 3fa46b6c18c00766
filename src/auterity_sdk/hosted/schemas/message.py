"""An outside event for the runs that wait for it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from auterity_sdk.hosted.schemas.shape import Answer, Request

EventType = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class NewMessage(Request):
    """An outside event. One whose `id` came before counts no second time.

    It is kept for a step that begins to wait within `lifetime_seconds`; None is the server's own.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "sms.received",
                    "data": {"from": "+16145550123", "text": "yes"},
                    "id": "SM9031",
                }
            ]
        }
    )

    type: EventType
    data: dict[str, Any] = Field(default_factory=dict)
    id: str | None = Field(default=None, min_length=1, max_length=200)
    lifetime_seconds: float | None = Field(default=None, ge=0, le=366 * 24 * 3600)


class MessageTaken(Answer):
    """`new` False: it came before, and nothing was done. `run_id` is the run that took it, None while none has.

    `may_start` are the workflows of which it may start runs, by their triggers.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"new": True, "run_id": "3d1f8c2e9a", "may_start": []}]}
    )

    new: bool
    run_id: str | None = None
    may_start: tuple[str, ...] = ()
