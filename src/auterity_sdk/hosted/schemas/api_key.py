"""An API key: what a program signs in with. What a key may do stands in grants, as for users."""

from __future__ import annotations

from pydantic import ConfigDict

from auterity_sdk.hosted.schemas.grant import BusinessRole, Role, Scope
from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, Request, Title


class NewApiKey(Request):
    """A key to be made, with its first grant. After `expires_at` it is refused; None is the server's longest time."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "CI of the workflows repository",
                    "role": "developer",
                    "scope": {"kind": "environment", "id": "e1x5c3"},
                    "expires_at": "2027-02-28T00:00:00Z",
                }
            ]
        }
    )

    name: Title
    role: Role
    scope: Scope
    business_roles: tuple[BusinessRole, ...] = ()
    expires_at: Moment | None = None


class ApiKey(Answer):
    """A key. `prefix` is how its secret begins, to recognise it by; nobody is shown the rest again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "k9d4f6",
                    "name": "CI of the workflows repository",
                    "prefix": "aut_key_3Hq8",
                    "created_at": "2026-11-28T15:00:00Z",
                    "expires_at": "2027-02-28T00:00:00Z",
                }
            ]
        }
    )

    id: Id
    name: str
    prefix: str
    created_at: Moment
    expires_at: Moment
    last_used_at: Moment | None = None
    revoked_at: Moment | None = None


class ApiKeyMade(Answer):
    """A new key and its secret, which is shown this once, and goes into `Authorization: Bearer …`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "api_key": {
                        "id": "k9d4f6",
                        "name": "CI of the workflows repository",
                        "prefix": "aut_key_3Hq8",
                        "created_at": "2026-11-28T15:00:00Z",
                        "expires_at": "2027-02-28T00:00:00Z",
                    },
                    "secret": "aut_key_3Hq8vT0u",
                }
            ]
        }
    )

    api_key: ApiKey
    secret: str
