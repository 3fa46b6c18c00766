"""Sign-ins of people: a session is a family of refresh tokens, of which each is good once."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, Select, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.access_tokens import AccessTokens, Claims
from auterity_server.access.audit import record_of_user
from auterity_server.access.granted import grants_of_user
from auterity_server.access.principal import Kind, Principal
from auterity_server.access.refusals import NotSignedIn, SignInRefused
from auterity_server.access.rights import Rights
from auterity_server.access.secret_texts import SecretKind, digest, new_secret
from auterity_server.database.ids import new_id
from auterity_server.database.tables.device_codes import device_codes
from auterity_server.database.tables.refresh_tokens import refresh_tokens
from auterity_server.database.tables.sessions import sessions

LONGEST = 90 * 86_400_000
"""Milliseconds after which a session ends, however often its tokens were renewed."""


class How(StrEnum):
    """How a person signed in."""

    PASSWORD = "password"  # noqa: S105 - the name of a way
    LINK = "link"
    DEVICE = "device"
    BROWSER = "browser"


class End(StrEnum):
    """Why a session ended before its time."""

    SIGN_OUT = "sign-out"
    REUSE = "reuse"
    PASSWORD = "password"  # noqa: S105 - the reason: it was changed
    REMOVED = "removed"


class Opened(Struct, frozen=True):
    """A session and the refresh token that is good next."""

    claims: Claims
    refresh: str


class Issued(Struct, frozen=True):
    """A pair of tokens. `seconds` is how long the access token is good."""

    access: str
    refresh: str
    seconds: int


class Sessions:
    """Opens, renews and ends them. `renewable` is how long a refresh token is good, in milliseconds."""

    def __init__(
        self, rights: Rights, tokens: AccessTokens, renewable: int, now: Callable[[], int]
    ) -> None:
        self._rights = rights
        self._tokens = tokens
        self._renewable = renewable
        self._now = now

    async def open(self, connection: AsyncConnection, user: str, how: How) -> Opened:
        """A new session, in the caller's transaction. Raises `SignInRefused` where the user is active nowhere."""
        if not await grants_of_user(connection, user):
            raise SignInRefused
        claims = Claims(user, new_id("ses"))
        await self._begin(connection, claims, how, LONGEST)
        return Opened(claims, await self._next(connection, claims.session))

    async def open_for_browser(
        self, connection: AsyncConnection, claims: Claims, lifetime: int
    ) -> None:
        """A session that no token renews, and which ends after so many milliseconds. Raises as `open`."""
        if not await grants_of_user(connection, claims.user):
            raise SignInRefused
        await self._begin(connection, claims, How.BROWSER, lifetime)

    async def goes_on(self, claims: Claims) -> bool:
        """Whether the session goes on, and its person is active somewhere, as the database says now."""
        async with self._rights.reading() as connection:
            row = (await connection.execute(self._good(claims))).first()
            return row is not None and bool(await grants_of_user(connection, claims.user))

    async def end(self, claims: Claims) -> None:
        """End a session by its id. Nothing happens where it has ended."""
        query = select(sessions).where(sessions.c.id == claims.session)
        async with self._rights.writing() as connection:
            row = (await connection.execute(query)).first()
            if row is not None and row.ended_at is None:
                await self._end(connection, row, End.SIGN_OUT)

    async def sign_out_everywhere(self, user: str) -> None:
        """End all sessions of a person."""
        async with self._rights.writing() as connection:
            await self.end_all(connection, user, End.SIGN_OUT)
            said = {"why": str(End.SIGN_OUT), "everywhere": True}
            await record_of_user(connection, user, "session:end", at=self._now(), **said)

    async def issue(self, opened: Opened) -> Issued:
        """The tokens of a session. Outside of a transaction: a key may have to be made."""
        access = await self._tokens.issue(opened.claims)
        return Issued(access, opened.refresh, self._tokens.seconds)

    async def refresh(self, token: str) -> Issued:
        """New tokens for a refresh token. One that was used already ends the session: somebody has a copy.

        Raises `SignInRefused`.
        """
        async with self._rights.writing() as connection:
            opened = await self._renewed(connection, digest(token))
        if opened is None:
            raise SignInRefused
        return await self.issue(opened)

    async def sign_out(self, token: str) -> None:
        """End the session of a refresh token, used or not. Nothing happens where there is none."""
        async with self._rights.writing() as connection:
            row = await self._of_token(connection, digest(token))
            if row is not None and row.ended_at is None:
                await self._end(connection, row, End.SIGN_OUT)

    async def end_all(
        self, connection: AsyncConnection, user: str, why: End, but: str | None = None
    ) -> None:
        """End all sessions of a user but that one, in the caller's transaction; and what would become one.

        A device that was approved, and has not yet asked again, is forgotten.
        """
        await connection.execute(delete(device_codes).where(device_codes.c.user_id == user))
        going_on = and_(sessions.c.user_id == user, sessions.c.ended_at.is_(None))
        ended = update(sessions).where(going_on, sessions.c.id != (but or ""))
        await connection.execute(ended.values(ended_at=self._now(), why_ended=why))

    async def principal(self, claims: Claims) -> Principal:
        """Who the claims of an access token name. Raises `NotSignedIn` where the session has ended."""
        name = f"{claims.user} {claims.session}"
        known = self._rights.remembered(name)
        if known is not None:
            return known
        changes = self._rights.changes
        async with self._rights.reading() as connection:
            row = (await connection.execute(self._good(claims))).first()
            if row is None:
                raise NotSignedIn
            granted = await grants_of_user(connection, claims.user)
        found = Principal(claims.user, Kind.USER, granted, claims.session)
        self._rights.remember(name, found, row.expires_at, changes)
        return found

    def _good(self, claims: Claims) -> Select[Any]:
        return select(sessions.c.expires_at).where(
            sessions.c.id == claims.session,
            sessions.c.user_id == claims.user,
            sessions.c.ended_at.is_(None),
            sessions.c.expires_at > self._now(),
        )

    async def _begin(
        self, connection: AsyncConnection, claims: Claims, how: How, lifetime: int
    ) -> None:
        now = self._now()
        await connection.execute(
            insert(sessions).values(
                id=claims.session,
                user_id=claims.user,
                how=how,
                created_at=now,
                expires_at=now + lifetime,
            )
        )
        await record_of_user(connection, claims.user, "session:open", at=now, how=str(how))

    async def _renewed(self, connection: AsyncConnection, name: str) -> Opened | None:
        first = await self._claimed(connection, name)
        row = await self._of_token(connection, name)
        if row is None or row.ended_at is not None:
            return None
        if not first:
            await self._end(connection, row, End.REUSE)
            return None
        if min(row.good_until, row.expires_at) <= self._now():
            return None
        if not await grants_of_user(connection, row.user_id):
            return None
        return Opened(Claims(row.user_id, row.id), await self._next(connection, row.id))

    async def _claimed(self, connection: AsyncConnection, name: str) -> bool:
        """Whether this is the token's first use; of two at the same time, one is."""
        unused = and_(refresh_tokens.c.digest == name, refresh_tokens.c.used_at.is_(None))
        used = update(refresh_tokens).where(unused).values(used_at=self._now())
        return (await connection.execute(used)).rowcount == 1

    async def _of_token(self, connection: AsyncConnection, name: str) -> Row[Any] | None:
        query = (
            select(sessions, refresh_tokens.c.expires_at.label("good_until"))
            .join(refresh_tokens, refresh_tokens.c.session_id == sessions.c.id)
            .where(refresh_tokens.c.digest == name)
        )
        return (await connection.execute(query)).first()

    async def _next(self, connection: AsyncConnection, session: str) -> str:
        token = new_secret(SecretKind.REFRESH)
        await connection.execute(
            insert(refresh_tokens).values(
                digest=digest(token),
                session_id=session,
                expires_at=self._now() + self._renewable,
            )
        )
        return token

    async def _end(self, connection: AsyncConnection, row: Row[Any], why: End) -> None:
        now = self._now()
        await connection.execute(
            update(sessions).where(sessions.c.id == row.id).values(ended_at=now, why_ended=why)
        )
        await record_of_user(connection, row.user_id, "session:end", at=now, why=str(why))
