"""The device flow (RFC 8628): a terminal shows a code, and a person who can sign in approves it elsewhere."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.audit import record_of_user
from auterity_server.access.lock_out import CODE, LockOut, Subject
from auterity_server.access.refusals import NotThere, SignInRefused
from auterity_server.access.secret_texts import SecretKind, digest, new_secret
from auterity_server.access.sessions import How, Issued, Opened, Sessions
from auterity_server.database.database import Database
from auterity_server.database.tables.device_codes import device_codes

INTERVAL = 5
"""Seconds between two questions of a device."""
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH = 8


class State(StrEnum):
    """How a device's request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    USED = "used"


class Status(StrEnum):
    """What a device is told."""

    PENDING = "pending"
    SLOW_DOWN = "slow_down"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"


class Started(Struct, frozen=True):
    """Both codes of a request; `seconds` is how long they are good."""

    device_code: str
    user_code: str
    seconds: int


class DeviceCodes:
    """Keeps the requests of devices. `lifetime` is in milliseconds."""

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        lock_out: LockOut,
        lifetime: int,
        now: Callable[[], int],
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._lock_out = lock_out
        self._lifetime = lifetime
        self._now = now

    async def start(self, client: str) -> Started:
        """A new request of a device that calls itself `client`."""
        device, person = new_secret(SecretKind.DEVICE), _new_user_code()
        now = self._now()
        async with self._database.writing() as connection:
            await connection.execute(
                insert(device_codes).values(
                    digest=digest(device),
                    user_code_digest=digest(person),
                    client=client,
                    created_at=now,
                    expires_at=now + self._lifetime,
                    interval=INTERVAL,
                    state=State.PENDING,
                )
            )
        return Started(device, f"{person[:4]}-{person[4:]}", self._lifetime // 1000)

    async def poll(self, device_code: str) -> tuple[Status, Issued | None]:
        """How the request stands, and the tokens if it is approved: they are given once. Raises `NotThere`."""
        async with self._database.writing() as connection:
            status, opened = await self._polled(connection, digest(device_code))
        return status, None if opened is None else await self._sessions.issue(opened)

    async def client(self, user_code: str) -> str:
        """How the device calls itself that shows the code. Raises `NotThere` if none waits for an answer."""
        async with self._database.reading() as connection:
            return str((await self._waiting(connection, user_code)).client)

    async def decide(self, user: str, user_code: str, *, approved: bool) -> str:
        """Let the device sign in as `user`, or not; how it calls itself. Raises `NotThere` and `TooMany`."""
        guess = Subject("code", user, CODE)
        await self._lock_out.begin([guess])
        async with self._database.writing() as connection:
            row = await self._waiting(connection, user_code)
            await self._decided(connection, row, user, approved=approved)
        await self._lock_out.succeeded(guess)
        return str(row.client)

    async def _decided(
        self, connection: AsyncConnection, row: Row[Any], user: str, *, approved: bool
    ) -> None:
        state = State.APPROVED if approved else State.DENIED
        waiting = and_(device_codes.c.digest == row.digest, device_codes.c.state == State.PENDING)
        decided = update(device_codes).where(waiting).values(state=state, user_id=user)
        if (await connection.execute(decided)).rowcount != 1:
            raise NotThere("code")
        await record_of_user(connection, user, f"device:{state}", at=self._now())

    async def _polled(self, connection: AsyncConnection, name: str) -> tuple[Status, Opened | None]:
        query = select(device_codes).where(device_codes.c.digest == name)
        row = (await connection.execute(query)).first()
        if row is None:
            raise NotThere("code")
        if row.expires_at <= self._now() or row.state == State.USED:
            return Status.EXPIRED, None
        if row.state == State.DENIED:
            return Status.DENIED, None
        if row.state == State.APPROVED:
            return await self._opened(connection, row)
        return await self._asked_again(connection, row), None

    async def _opened(
        self, connection: AsyncConnection, row: Row[Any]
    ) -> tuple[Status, Opened | None]:
        ready = and_(device_codes.c.digest == row.digest, device_codes.c.state == State.APPROVED)
        used = update(device_codes).where(ready).values(state=State.USED)
        if (await connection.execute(used)).rowcount != 1:
            return Status.EXPIRED, None
        try:
            return Status.APPROVED, await self._sessions.open(connection, row.user_id, How.DEVICE)
        except SignInRefused:
            return Status.DENIED, None

    async def _asked_again(self, connection: AsyncConnection, row: Row[Any]) -> Status:
        now = self._now()
        hasty = row.polled_at is not None and now - row.polled_at < row.interval * 1000
        interval = row.interval + INTERVAL if hasty else row.interval
        await connection.execute(
            update(device_codes)
            .where(device_codes.c.digest == row.digest)
            .values(polled_at=now, interval=interval)
        )
        return Status.SLOW_DOWN if hasty else Status.PENDING

    async def _waiting(self, connection: AsyncConnection, user_code: str) -> Row[Any]:
        good = and_(
            device_codes.c.user_code_digest == digest(_letters(user_code)),
            device_codes.c.state == State.PENDING,
            device_codes.c.expires_at > self._now(),
        )
        row = (await connection.execute(select(device_codes).where(good))).first()
        if row is None:
            raise NotThere("code")
        return row


def _new_user_code() -> str:
    """Eight consonants: easy to read out, and no words."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def _letters(user_code: str) -> str:
    """The code as it is kept: however it was typed."""
    return "".join(letter for letter in user_code.upper() if letter.isalnum())
