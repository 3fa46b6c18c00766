"""Members, grants and API keys as they are asked for and answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Row

from auterity_sdk.hosted.schemas.api_key import ApiKey
from auterity_sdk.hosted.schemas.grant import Grant, Role, Scope
from auterity_sdk.hosted.schemas.user import User
from auterity_server.access import permissions
from auterity_server.access.granting import NewGrant


def moment(milliseconds: int) -> datetime:
    """A time of the database."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def milliseconds(moment: datetime) -> int:
    """A time as the database has it."""
    return int(moment.timestamp() * 1000)


def asked_grant(role: Role, scope: Scope, business_roles: Sequence[str]) -> NewGrant:
    """A grant that is asked for."""
    return NewGrant(permissions.Role(role), scope.kind, scope.id, tuple(business_roles))


def user_of(row: Row[Any]) -> User:
    """A row of `members`, with the e-mail address."""
    return User(
        id=row.user_id,
        email=row.email,
        name=row.name,
        active=row.active,
        invited=row.invited,
        created_at=moment(row.created_at),
    )


def grant_of(row: Row[Any]) -> Grant:
    """A row of `grants`."""
    kind, _, holder = row.holder.partition(":")
    return Grant(
        id=row.id,
        user=holder if kind == "user" else None,
        api_key=holder if kind == "api_key" else None,
        role=Role(row.role),
        scope=Scope(kind=_kind(row), id=row.place),
        business_roles=tuple(row.answers),
        created_at=moment(row.created_at),
    )


def key_of(row: Row[Any]) -> ApiKey:
    """A row of `api_keys`."""
    return ApiKey(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        created_at=moment(row.created_at),
        expires_at=moment(row.expires_at),
        last_used_at=None if row.last_used_at is None else moment(row.last_used_at),
        revoked_at=None if row.revoked_at is None else moment(row.revoked_at),
    )


def key_state(key: ApiKey) -> dict[str, Any]:
    """What of a key can be changed by hand: not when it was used last."""
    return {"id": key.id, "revoked_at": key.revoked_at}


def _kind(row: Row[Any]) -> Literal["organisation", "store", "environment"]:
    if row.environment_id is not None:
        return "environment"
    return "organisation" if row.store_id is None else "store"
