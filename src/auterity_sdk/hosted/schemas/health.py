"""Whether the server lives, and whether it can do its work."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from auterity_sdk.hosted.schemas.shape import Answer

State = Literal["ok", "failing"]


class Health(Answer):
    """`checks` name the parts that were looked at, such as `database`, and how each is. `version` is the server's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "ok", "version": "0.1.0", "checks": {"database": "ok"}}]
        }
    )

    status: State
    version: str
    checks: dict[str, State] = Field(default_factory=dict)
