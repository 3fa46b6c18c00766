"""Browsers in which a person stays signed in. The sign-in is a session like any other; a cookie leads to it."""

from __future__ import annotations

import hmac

from msgspec import Struct
from sqlalchemy import select

from auterity_server.access.access_tokens import Claims
from auterity_server.access.browsers import Browsers
from auterity_server.access.refusals import NotSignedIn
from auterity_server.access.rights import Rights
from auterity_server.access.secret_texts import SecretKind, digest, new_secret
from auterity_server.access.sessions import Sessions
from auterity_server.database.ids import new_id
from auterity_server.database.tables.users import users


class SignedIn(Struct, frozen=True):
    """Who is signed in with a browser. `form` is what forms of its pages carry: no other site knows it."""

    claims: Claims
    email: str
    form: str


class BrowserSessions:
    """Opens, finds and ends them. `lifetime` is in milliseconds."""

    def __init__(
        self, rights: Rights, sessions: Sessions, browsers: Browsers, lifetime: int
    ) -> None:
        self._rights = rights
        self._sessions = sessions
        self._browsers = browsers
        self._lifetime = lifetime

    @property
    def seconds(self) -> int:
        """How long a browser stays signed in."""
        return self._lifetime // 1000

    async def open(self, user: str) -> str:
        """The cookie of a browser that is signed in from now on. Raises `BrowsersUnreachable`, `SignInRefused`."""
        cookie, claims = new_secret(SecretKind.BROWSER), Claims(user, new_id("ses"))
        # Kept first: without its session it signs nobody in, and a session is in the audit.
        await self._browsers.keep(digest(cookie), claims, self._lifetime)
        async with self._rights.noting() as connection:
            await self._sessions.open_for_browser(connection, claims, self._lifetime)
        return cookie

    async def find(self, cookie: str) -> SignedIn | None:
        """Who is signed in, as the database says now; None for nobody. Raises `BrowsersUnreachable`."""
        claims = await self._browsers.find(digest(cookie)) if cookie else None
        if claims is None or not await self._sessions.goes_on(claims):
            return None
        query = select(users.c.email).where(users.c.id == claims.user)
        async with self._rights.reading() as connection:
            email = str((await connection.execute(query)).scalar_one())
        return SignedIn(claims, email, _form_of(cookie))

    async def acting(self, cookie: str, form: str) -> SignedIn:
        """Who sent a form of the browser's own pages. Raises `NotSignedIn`, `BrowsersUnreachable`."""
        found = await self.find(cookie)
        if found is None or not hmac.compare_digest(form.encode(), found.form.encode()):
            raise NotSignedIn
        return found

    async def end(self, cookie: str, form: str, *, everywhere: bool = False) -> None:
        """Sign out; `everywhere`: all sessions of the person, terminals' too. Raises as `acting`."""
        claims = (await self.acting(cookie, form)).claims
        if everywhere:
            await self._sessions.sign_out_everywhere(claims.user)
        else:
            await self._sessions.end(claims)
        await self._browsers.forget(digest(cookie))

    async def close(self) -> None:
        """End what it is connected with."""
        await self._browsers.close()


def _form_of(cookie: str) -> str:
    return digest(f"form {cookie}")
