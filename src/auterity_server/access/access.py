"""All of access that a server is made of, on one database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import httpx2
from fastapi import Depends, Request
from msgspec import Struct

from auterity_sdk.connections.guarded_web import GuardedWeb
from auterity_sdk.connections.pinned_transport import origin_of
from auterity_sdk.runtime.seal import SealKey
from auterity_server.access.access_tokens import AccessTokens
from auterity_server.access.api_keys import ApiKeys
from auterity_server.access.browser_sessions import BrowserSessions
from auterity_server.access.browsers import Browsers, DatabaseBrowsers
from auterity_server.access.credentials import Credentials
from auterity_server.access.device_codes import DeviceCodes
from auterity_server.access.expiry import Expiry
from auterity_server.access.first_admin import FirstAdmin
from auterity_server.access.forgotten import Forgotten
from auterity_server.access.granting import Granting
from auterity_server.access.guard import Door
from auterity_server.access.issuers import Issuers
from auterity_server.access.links import Links
from auterity_server.access.listing import Listing
from auterity_server.access.lock_out import LockOut
from auterity_server.access.membership import Membership
from auterity_server.access.notified import Notified
from auterity_server.access.passwords import Passwords
from auterity_server.access.places_in_database import DatabasePlaces
from auterity_server.access.rates import MemoryRates, Rates, per_minute
from auterity_server.access.rights import Rights, Stamp
from auterity_server.access.sessions import Sessions
from auterity_server.access.sign_in import SignIn
from auterity_server.access.signing_keys import SigningKeys
from auterity_server.access.token_exchange import TokenExchange
from auterity_server.access.trusts import Trusts
from auterity_server.database.database import Database
from auterity_server.mail.post import Post
from auterity_server.settings import Settings

_ISSUER = "auterity"
_LARGEST_KEYS = 200_000


class Access(Struct, frozen=True):
    """The services of access. The application has it as `app.state.access`."""

    door: Door
    rights: Rights
    sign_in: SignIn
    sessions: Sessions
    browsers: BrowserSessions
    device_codes: DeviceCodes
    signing_keys: SigningKeys
    api_keys: ApiKeys
    membership: Membership
    forgotten: Forgotten
    notified: Notified
    granting: Granting
    first_admin: FirstAdmin
    listing: Listing
    expiry: Expiry
    trusts: Trusts
    token_exchange: TokenExchange
    public_url: str

    async def close(self) -> None:
        """Do what is still to be done beside answers, and end what it is connected with but the database."""
        await self.sign_in.settled()
        await self.forgotten.settled()
        await self.door.rates.close()
        await self.rights.close()
        await self.browsers.close()

    def url(self, request: Request) -> str:
        """The address by which people reach the server: as it is set, else as this request reached it."""
        return (self.public_url or str(request.base_url)).rstrip("/")

    def link_url(self, request: Request, token: str) -> str:
        """The address of a one-time link. Behind the hash: it is in no log of a server, nor sent as a referrer."""
        return f"{self.url(request)}/sign-in#{token}"


async def access_of(request: Request) -> Access:  # async: FastAPI runs others in threads
    """That of the application which serves the request."""
    access: Access = request.app.state.access
    return access


Accessed = Annotated[Access, Depends(access_of)]


def make_access(
    settings: Settings,
    database: Database,
    seal: SealKey,
    now: Callable[[], int],
    post: Post | None = None,
) -> Access:
    """Put it together. `now` gives milliseconds since 1970; with `post`, links are mailed and not shown."""
    lifetime = settings.access_token_lifetime.milliseconds
    signing_keys = SigningKeys(database, seal, lifetime, now)
    tokens = AccessTokens(signing_keys, settings.public_url or _ISSUER, lifetime, now)
    rights = Rights(database, now, _stamp(settings))
    sessions = Sessions(rights, tokens, settings.refresh_token_lifetime.milliseconds, now)
    lock_out = LockOut(database, seal, now)
    links = Links(settings.link_lifetime.milliseconds, now)
    api_keys = ApiKeys(rights, now)
    named = frozenset(origin_of(httpx2.URL(each)) for each in settings.oidc_issuers)
    issuers = Issuers(GuardedWeb(named, largest=_LARGEST_KEYS), now, settings.oidc_issuers)
    trusts = Trusts(rights, issuers, now)
    return Access(
        door=Door(
            Credentials(rights, tokens, sessions, api_keys),
            DatabasePlaces(database),
            _rates(settings, now, rights),
            per_minute(settings.requests_per_minute),
            per_minute(settings.public_requests_per_minute),
            settings.metrics_token.get_secret_value(),
        ),
        rights=rights,
        sign_in=SignIn(
            rights, Passwords(settings.bcrypt_cost), lock_out, links, sessions, seal, now
        ),
        sessions=sessions,
        browsers=BrowserSessions(
            rights,
            sessions,
            _browsers(settings, database, seal, now),
            settings.browser_session_lifetime.milliseconds,
        ),
        device_codes=DeviceCodes(
            database, sessions, lock_out, settings.device_lifetime.milliseconds, now
        ),
        signing_keys=signing_keys,
        api_keys=api_keys,
        membership=Membership(rights, links, sessions, now, post),
        forgotten=Forgotten(rights, links, lock_out, now, post),
        notified=Notified(database, now),
        granting=Granting(rights, now),
        first_admin=FirstAdmin(rights, links, now),
        listing=Listing(database),
        expiry=Expiry(database, now),
        trusts=trusts,
        token_exchange=TokenExchange(rights, trusts, issuers, now),
        public_url=settings.public_url,
    )


def _stamp(settings: Settings) -> Stamp | None:
    """Processes tell one another of changes where they share a Redis."""
    if not settings.broker_url:
        return None
    from auterity_server.access.shared_rights import RedisStamp  # an extra brings it

    return RedisStamp(settings.broker_url)


def _browsers(
    settings: Settings, database: Database, seal: SealKey, now: Callable[[], int]
) -> Browsers:
    """Where browsers are kept that stay signed in: in Redis, where there is one."""
    if not settings.broker_url:
        return DatabaseBrowsers(database, now)
    from auterity_server.access.shared_browsers import RedisBrowsers  # an extra brings it

    return RedisBrowsers(settings.broker_url, seal)


def _rates(settings: Settings, now: Callable[[], int], rights: Rights) -> Rates:
    """All processes count together where they share a Redis."""
    alone = MemoryRates(now)
    if not settings.broker_url:
        return alone
    from auterity_server.access.shared_rates import RedisRates  # an extra brings it

    return RedisRates(settings.broker_url, alone, rights.heard)
