"""A user: a person who signs in. What a user may do stands in grants."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, JsonValue

from auterity_sdk.hosted.schemas.grant import BusinessRole, Grant, Role, Scope
from auterity_sdk.hosted.schemas.organisation import Organisation
from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, Request, Title
from auterity_sdk.hosted.schemas.sign_in import Email

_LEE: dict[str, JsonValue] = {
    "id": "u2b6n8",
    "email": "lee@smith-auto.example",
    "name": "Lee Park",
    "active": True,
    "created_at": "2026-11-28T15:00:00Z",
}


class NewUser(Request):
    """A member to be added, with a first grant. Someone new gets a one-time link: by mail, or where the server sends none in the answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "email": "lee@smith-auto.example",
                    "name": "Lee Park",
                    "role": "approver",
                    "scope": {"kind": "store", "id": "s4q8w1"},
                    "business_roles": ["sales_manager"],
                }
            ]
        }
    )

    email: Email
    name: Title
    role: Role
    scope: Scope
    business_roles: tuple[BusinessRole, ...] = ()


class UserChange(Request):
    """What is to change; what is left out stays. A user who is not `active` cannot sign in, and is signed out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"active": False}]})

    name: Title | None = None
    active: bool | None = None


class User(Answer):
    """A member of an organisation; one who is `invited` has not joined yet."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LEE]})

    id: Id
    email: str
    name: str
    active: bool
    invited: bool = False
    created_at: Moment


class UserMade(Answer):
    """A new member, and the address of the one-time link with which a new user signs in first; it is shown once. Where the
    server sends mail it is not shown, but `mailed`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user": _LEE,
                    "sign_in_link": "https://auterity.example/sign-in#aut_link_7Qd1",
                }
            ]
        }
    )

    user: User
    sign_in_link: str | None = None
    mailed: bool = False


class Membership(Answer):
    """An organisation that the caller belongs to, and the caller's grants in it."""

    organisation: Organisation
    grants: tuple[Grant, ...]


class MeChange(Request):
    """What is to change of oneself. `notified` says whether mails tell one of what waits for one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"notified": False}]})

    notified: bool


class Me(Answer):
    """Who calls: a user or an API key. `email` is a user's, as is `notified`: whether mails tell them of what waits for them,
    where the server sends any.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "u2b6n8",
                    "kind": "user",
                    "name": "Lee Park",
                    "email": "lee@smith-auto.example",
                    "notified": True,
                    "memberships": [],
                }
            ]
        }
    )

    id: Id
    kind: Literal["user", "api_key"]
    name: str
    email: str | None = None
    notified: bool = False
    memberships: tuple[Membership, ...]
