"""The guard before every route: who asks, where, and whether they may."""

from __future__ import annotations

from typing import Annotated, Protocol

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from msgspec import Struct
from msgspec.structs import replace

from auterity_sdk.errors import InternalError
from auterity_server.access.metrics_token import shows_token
from auterity_server.access.permissions import Permission
from auterity_server.access.places import Places, place_of_path
from auterity_server.access.principal import Kind, Place, Principal
from auterity_server.access.rates import Rate, Rates
from auterity_server.access.refusals import NotAllowed, NotSignedIn, NotThere

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="An access token, or an API key.",
)


class Authenticator(Protocol):
    """Finds who asks by what they show."""

    async def principal(self, credentials: str) -> Principal:
        """Who shows these credentials, with their grants. Raises `NotSignedIn`."""

    @property
    def changes(self) -> int:
        """How often rights are known to have changed."""

    async def again(self, principal: Principal) -> Principal:
        """The same one, as things are now. Raises `NotSignedIn` where the session or the key has ended."""


class Once(Protocol):
    """A request with an Idempotency-Key. Its scope has it as `auterity.once`."""

    async def begin(self, request: Request, actor: str) -> None:
        """Go on for the first time; raises what tells the answer again where it came before."""


class Door(Struct, frozen=True):
    """What the guard works with. The application has it as `app.state.access.door`.

    `of_principals` is how many requests a user or an API key may make; `of_addresses` how many an address may without
    credentials, where none are asked for, and again with such as are not good. `metrics_token` is that of who collects
    metrics; nobody does where it is empty.
    """

    authenticator: Authenticator
    places: Places
    rates: Rates
    of_principals: Rate
    of_addresses: Rate
    metrics_token: str = ""


async def still_allowed(request: Request, principal: Principal, permission: Permission) -> bool:
    """Whether what the guard allowed holds still: for an answer that goes on for long, such as live events."""
    door: Door = request.app.state.access.door
    try:
        now = await door.authenticator.again(principal)
    except NotSignedIn:
        return False
    return principal.place is not None and now.may(permission, principal.place)


class Guard:
    """A dependency of a route; made by `allowed` and `signed_in`, and read back by the docs and tests."""

    def __init__(
        self,
        permission: Permission | None = None,
        *,
        within: bool = False,
        people_only: bool = False,
    ) -> None:
        self.permission = permission
        self.within = within
        self.people_only = people_only

    async def __call__(
        self,
        request: Request,
        shown: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    ) -> Principal:
        """The principal, with the place of the path. Raises a `Refusal`."""
        door: Door = request.app.state.access.door
        credentials = shown.credentials if shown else ""
        try:
            principal = await _counted(door, credentials)
        except NotSignedIn:
            await door.rates.take(f"stranger {address_of(request)}", door.of_addresses)
            raise
        if self.people_only and principal.kind is not Kind.USER:
            raise NotAllowed("an API key may not do this", help="sign in as a person")
        place = await place_of_path(door.places, request.path_params)
        if place is not None:
            self._check(principal, place)
            request.state.organisation = place.organisation
        elif self.permission is not None:
            raise InternalError("a route that asks for a permission names no place in its path")
        once: Once | None = request.scope.get("auterity.once")
        if once is not None:
            await once.begin(request, principal.actor)
        return replace(principal, place=place)

    def _check(self, principal: Principal, place: Place) -> None:
        if not principal.sees(place):
            raise NotThere(_kind(place))
        if self.permission is None:
            return
        may = principal.may_within if self.within else principal.may
        if not may(self.permission, place):
            raise NotAllowed(
                f"this needs the permission {self.permission} here",
                help="ask an owner of the organisation for a role that has it",
            )


class Open:
    """A dependency of a route that asks for no credentials; made by `public`, and read back by docs and tests."""

    def __init__(self, *, counted: bool) -> None:
        self.counted = counted

    async def __call__(self, request: Request) -> None:
        """Count the request. Raises `TooMany`."""
        if self.counted:
            door: Door = request.app.state.access.door
            await door.rates.take(f"public {address_of(request)}", door.of_addresses)


class Scraper:
    """A dependency of a route for who collects metrics; made by `scraper`, and read back by docs and tests."""

    async def __call__(
        self,
        request: Request,
        shown: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    ) -> None:
        """Let in who shows the token of the settings. Raises `NotSignedIn`, `TooMany`."""
        door: Door = request.app.state.access.door
        given = shown.credentials if shown else ""
        if not shows_token(given, door.metrics_token):
            await door.rates.take(f"stranger {address_of(request)}", door.of_addresses)
            raise NotSignedIn


def address_of(request: Request) -> str:
    """The network address that the request comes from."""
    return request.client.host if request.client else ""


def public(*, counted: bool = True) -> Open:
    """The dependency of a route that anybody may ask for, so many times a minute where it is `counted`."""
    return Open(counted=counted)


def scraper() -> Scraper:
    """The dependency of a route that nobody may ask for but who has the token of the settings for it."""
    return Scraper()


def allowed(permission: Permission, *, within: bool = False) -> Guard:
    """The dependency of a route: gives the `Principal`, or refuses with 401, 403 or 404.

    The path says where, by its parameters `organisation_id`, `store_id` and `environment_id`. With `within`, a grant
    somewhere inside that place is enough, and the route shows only what `principal.may` allows: lists of stores, say.
    """
    return Guard(permission, within=within)


def signed_in() -> Guard:
    """The dependency of a route about oneself, which everybody who signed in may ask for."""
    return Guard()


def signed_in_person() -> Guard:
    """The same for what no API key may do."""
    return Guard(people_only=True)


async def _counted(door: Door, credentials: str) -> Principal:
    """Who shows them, once the request is counted. Raises `NotSignedIn`, `TooMany`."""
    changes = door.authenticator.changes
    principal = await door.authenticator.principal(credentials)
    await door.rates.take(principal.actor, door.of_principals)
    if changes == door.authenticator.changes:
        return principal
    # With the count came word that rights have changed.
    return await door.authenticator.principal(credentials)


def _kind(place: Place) -> str:
    if place.environment is not None:
        return "environment"
    return "organisation" if place.store is None else "store"
