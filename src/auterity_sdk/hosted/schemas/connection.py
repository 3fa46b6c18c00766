"""Connections of an environment: what its workflows send mail by, speak HTTP with, and which models they ask."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, Request

ConnectionName = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
"""As workflows write it: `connection: NAME`."""

Adapter = Literal["outbox", "smtp", "http", "openai", "azure", "offline"]


class NewConnection(Request):
    """What a connection uses, and its options: those of a `[connections.NAME]` table. A secret is `secret:NAME`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "uses": "http",
                    "options": {
                        "url": "https://crm.example.com/api",
                        "headers": {"Authorization": "secret:CRM_TOKEN"},
                    },
                }
            ]
        }
    )

    uses: Adapter
    options: dict[str, Any] = Field(default_factory=dict)


class Connection(Answer):
    """A connection. `missing` are secrets that it names and that are not there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "crm",
                    "uses": "http",
                    "options": {
                        "url": "https://crm.example.com/api",
                        "headers": {"Authorization": "secret:CRM_TOKEN"},
                    },
                    "secrets": ["CRM_TOKEN"],
                    "missing": [],
                    "by": "usr_fa08288fff5bb983",
                    "at": "2026-11-28T15:00:00Z",
                }
            ]
        }
    )

    name: str
    uses: str
    options: dict[str, Any]
    secrets: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    by: Id
    at: Moment
