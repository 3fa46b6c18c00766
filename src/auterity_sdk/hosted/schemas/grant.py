"""A grant: a role of a user or an API key, in an organisation, a store or an environment."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, StringConstraints

from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, Request

BusinessRole = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=100)
]
"""The role that an `approve` step names, such as `sales_manager`."""


class Role(StrEnum):
    """What someone is there for; `docs/reference/permissions.md` says what each may do."""

    OWNER = "owner"
    DEVELOPER = "developer"
    OPERATOR = "operator"
    APPROVER = "approver"
    AUDITOR = "auditor"
    VIEWER = "viewer"


class Scope(Request):
    """Where a grant counts: there, and in all that is inside. `id` is that of the organisation, store or environment."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"kind": "store", "id": "s4q8w1"}]},
    )

    kind: Literal["organisation", "store", "environment"]
    id: Id


class NewGrant(Request):
    """A grant to be made, to a user or to an API key: one of both. `business_roles` are an approver's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user": "u2b6n8",
                    "role": "approver",
                    "scope": {"kind": "store", "id": "s4q8w1"},
                    "business_roles": ["sales_manager"],
                }
            ]
        }
    )

    user: Id | None = None
    api_key: Id | None = None
    role: Role
    scope: Scope
    business_roles: tuple[BusinessRole, ...] = ()


class Grant(Answer):
    """A grant."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "g3v7z0",
                    "user": "u2b6n8",
                    "role": "approver",
                    "scope": {"kind": "store", "id": "s4q8w1"},
                    "business_roles": ["sales_manager"],
                    "created_at": "2026-11-28T15:00:00Z",
                }
            ]
        }
    )

    id: Id
    user: Id | None = None
    api_key: Id | None = None
    role: Role
    scope: Scope
    business_roles: tuple[BusinessRole, ...] = ()
    created_at: Moment
