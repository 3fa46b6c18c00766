"""Signing in: with an e-mail address and a password, or with a one-time link."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.runtime.seal import SealKey
from auterity_server.access.audit import record_of_user
from auterity_server.access.links import Links
from auterity_server.access.lock_out import ACCOUNT, ADDRESS, LockOut, Subject
from auterity_server.access.passwords import Passwords, written
from auterity_server.access.principal import Principal
from auterity_server.access.refusals import SignInRefused
from auterity_server.access.rights import Rights
from auterity_server.access.sessions import End, How, Issued, Opened, Sessions
from auterity_server.database.tables.members import members
from auterity_server.database.tables.users import users


class _Account(Struct, frozen=True):
    id: str
    password: str | None


class SignIn:
    """Checks who somebody is. `address` is always the network address that a request comes from."""

    def __init__(
        self,
        rights: Rights,
        passwords: Passwords,
        lock_out: LockOut,
        links: Links,
        sessions: Sessions,
        seal: SealKey,
        now: Callable[[], int],
    ) -> None:
        self._rights = rights
        self._passwords = passwords
        self._lock_out = lock_out
        self._links = links
        self._sessions = sessions
        self._seal = seal
        self._now = now
        self._beside: set[asyncio.Task[None]] = set()

    async def settled(self) -> None:
        """Wait for what is still being written beside answers."""
        await asyncio.gather(*self._beside)

    async def with_password(self, email: str, password: str, address: str) -> Issued:
        """The tokens of a new session. Raises `SignInRefused`, `TooMany`, or `Unfit` for a password over 72 bytes."""
        user = await self.identified(email, password, address)
        async with self._rights.noting() as connection:
            opened = await self._sessions.open(connection, user, How.PASSWORD)
        return await self._sessions.issue(opened)

    async def identified(self, email: str, password: str, address: str) -> str:
        """The id of the user whose address and password these are. Raises as `with_password` does."""
        written(password)
        account, source = Subject("account", email, ACCOUNT), Subject("address", address, ADDRESS)
        await self._lock_out.begin([account, source])
        found = await self._account(email)
        # Compared in either case, and against something: the time must not tell whether there is a user.
        hashed = None if found is None else found.password
        if not await self._passwords.matches(password, hashed) or found is None:
            self._tell_of_failure(found, address)
            raise SignInRefused
        await self._lock_out.succeeded(account)
        await self._lock_out.give_back(source)
        await self._renew_hash(found, password)
        return found.id

    async def with_link(self, token: str, password: str | None) -> Issued:
        """The tokens of a new session; `password` becomes the user's. Raises `SignInRefused` and `Unfit`."""
        hashed = None if password is None else await self._passwords.hash(password)
        async with self._rights.writing() as connection:
            opened = await self._redeemed(connection, token, hashed)
        return await self._sessions.issue(opened)

    async def choose_password(self, token: str, password: str) -> str:
        """Set a password by a one-time link, and open no session; the person's e-mail address. Raises as `with_link`."""
        hashed = await self._passwords.hash(password)
        async with self._rights.writing() as connection:
            user = await self._redeem(connection, token, hashed)
            query = select(users.c.email).where(users.c.id == user)
            return str((await connection.execute(query)).scalar_one())

    async def change_password(
        self, principal: Principal, current: str, password: str, address: str
    ) -> None:
        """Change one's own password, and end all other sessions. Raises as `with_password` does.

        A wrong `current` one counts as a wrong sign-in: a token that was found is no way to guess it.
        """
        query = select(users.c.email).where(users.c.id == principal.id)
        async with self._rights.reading() as connection:
            email = str((await connection.execute(query)).scalar_one())
        await self.identified(email, current, address)
        hashed = await self._passwords.hash(password)
        async with self._rights.writing() as connection:
            await self._set_password(connection, principal.id, hashed, but=principal.session)

    async def _redeemed(
        self, connection: AsyncConnection, token: str, hashed: str | None
    ) -> Opened:
        user = await self._redeem(connection, token, hashed)
        return await self._sessions.open(connection, user, How.LINK)

    async def _redeem(self, connection: AsyncConnection, token: str, hashed: str | None) -> str:
        """The user of a link. By one that came by mail they join where they are invited."""
        redeemed = await self._links.redeem(connection, token)
        user = redeemed.user
        if redeemed.mailed:
            await self._proves(connection, user)
        else:
            # Who was shown the link may be anybody.
            await connection.execute(update(users).where(users.c.id == user).values(proven_at=None))
        if hashed is not None:
            await self._set_password(connection, user, hashed)
        return user

    async def _proves(self, connection: AsyncConnection, user: str) -> None:
        """Somebody reads the mail of the address: it is theirs, and so are the invitations that went there."""
        account = users.c.id == user
        unproven = account & users.c.proven_at.is_(None)
        first = update(users).where(unproven).values(proven_at=self._now(), password=None)
        if (await connection.execute(first)).rowcount:
            # Whoever knew the password, or is signed in, may be anybody.
            await self._sessions.end_all(connection, user, End.PASSWORD)
        await connection.execute(
            update(members).where(members.c.user_id == user).values(invited=False)
        )

    async def _set_password(
        self, connection: AsyncConnection, user: str, hashed: str, but: str | None = None
    ) -> None:
        await connection.execute(update(users).where(users.c.id == user).values(password=hashed))
        await self._sessions.end_all(connection, user, End.PASSWORD, but)
        await record_of_user(connection, user, "password:set", at=self._now())

    async def _account(self, email: str) -> _Account | None:
        query = select(users.c.id, users.c.password).where(users.c.email == email)
        async with self._rights.reading() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _Account(row.id, row.password)

    def _tell_of_failure(self, found: _Account | None, address: str) -> None:
        # Beside the answer: it must not come later where there is a user.
        if found is not None:
            task = asyncio.create_task(self._record_failure(found.id, address))
            self._beside.add(task)
            task.add_done_callback(self._beside.discard)

    async def _record_failure(self, user: str, address: str) -> None:
        source = self._seal.fingerprint(f"address {address}")
        async with self._rights.noting() as connection:
            await record_of_user(connection, user, "session:refused", at=self._now(), source=source)

    async def _renew_hash(self, found: _Account, password: str) -> None:
        """Hash the password anew where the work factor has changed since."""
        if found.password is None or not self._passwords.is_outdated(found.password):
            return
        hashed = await self._passwords.rehash(password)
        async with self._rights.noting() as connection:
            await connection.execute(
                update(users).where(users.c.id == found.id).values(password=hashed)
            )
