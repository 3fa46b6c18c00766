"""An event of a run's journal, as a page of JSON has it and as Server-Sent Events bring it."""

from __future__ import annotations

from pydantic import ConfigDict, Field, JsonValue

from auterity_sdk.hosted.schemas.shape import Answer, Moment

FORMAT = "auterity-event-1"

MEDIA_TYPE = "text/event-stream"
"""In this form a message's `id` is the event's `seq`, and its `data` the same JSON. The stream ends behind `RunEnded`."""


POSITION = "position"
"""The type of a message of an environment's stream that brings no event: its `id` is how far all has come."""

_EXAMPLE: dict[str, JsonValue] = {
    "format": FORMAT,
    "run_id": "3d1f8c2e9a",
    "seq": 2,
    "event": "StepStarted",
    "time": "2026-11-28T15:00:00.000+00:00",
    "at": 1795878000000,
    "step": "pause",
    "wake": 1795878001000,
}


class RunEvent(Answer):
    """One event. `event` is its kind, `at` in milliseconds since 1970 and `time` the same to read; what else it tells
    depends on its kind, and stands beside these keys. Values that are empty are left out.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_EXAMPLE]})

    format: str = FORMAT
    run_id: str
    seq: int = Field(ge=1)
    event: str
    time: Moment
    at: int


class EnvironmentEvent(RunEvent):
    """An event of any run of an environment. `position` grows in the order in which events were recorded."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"examples": [{**_EXAMPLE, "position": 4711, "workflow": "pause"}]},
    )

    position: int = Field(ge=1)
    workflow: str
