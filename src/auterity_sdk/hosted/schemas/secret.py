"""Secrets of an environment: set, listed by name, deleted; nobody is shown a value."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, SecretStr, StringConstraints

from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, Request

SecretName = Annotated[str, StringConstraints(max_length=100, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""As workflows write it: `${secrets.NAME}`."""


class SecretValue(Request):
    """The value of a secret: from four characters on, since it is left out of whatever a step writes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"value": "sk-3Hq8vT0u"}]})

    value: SecretStr = Field(min_length=4, max_length=65_536)


class Secret(Answer):
    """A secret: who set it last, and when."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "CRM_TOKEN",
                    "by": "usr_fa08288fff5bb983",
                    "at": "2026-11-28T15:00:00Z",
                }
            ]
        }
    )

    name: str
    by: Id
    at: Moment
