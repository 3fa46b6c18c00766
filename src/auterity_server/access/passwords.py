"""Passwords: hashed by bcrypt, in threads, and compared in the same time whether there is a user or not."""

from __future__ import annotations

import asyncio
import unicodedata
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.hashers.bcrypt import BcryptHasher

from auterity_server.access.refusals import Unfit

SHORTEST = 12
"""Characters that a password has at least."""
LONGEST = 72
"""Bytes of UTF-8 that it has at most: bcrypt sees no more."""
_AT_ONCE = 2


class Passwords:
    """Hashes passwords with a work factor of `cost`: each one more takes twice the time.

    Only so many at once, so that a flood of sign-ins leaves threads for the rest.
    """

    def __init__(self, cost: int) -> None:
        self._hasher = PasswordHash((BcryptHasher(rounds=cost),))
        self._room = asyncio.Semaphore(_AT_ONCE)

    @cached_property
    def _nobodys(self) -> str:
        """The hash that is compared with where there is no user."""
        return self._hasher.hash("nobody")

    async def hash(self, password: str) -> str:
        """The hash of a new password. Raises `Unfit` for one that is too short or too long."""
        plain = written(password)
        if len(plain) < SHORTEST:
            raise Unfit(
                "body/password",
                f"the password has fewer than {SHORTEST} characters",
                help="take a longer one, such as four words",
            )
        return await self.rehash(password)

    async def rehash(self, password: str) -> str:
        """The hash of a password that is in use already, however short it is."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, written(password))

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Whether the hash is the password's; False for None, in the same time. Raises `Unfit` if it is too long."""
        plain = written(password)
        async with self._room:
            equal = await asyncio.to_thread(self._verify, plain, hashed)
        return equal and hashed is not None

    def is_outdated(self, hashed: str) -> bool:
        """Whether it was made with another work factor than this one."""
        return self._hasher.current_hasher.check_needs_rehash(hashed)

    def _verify(self, plain: str, hashed: str | None) -> bool:
        return self._hasher.verify(plain, hashed or self._nobodys)


def written(password: str) -> str:
    """The password in one spelling (NFC), whatever keyboard wrote it. Raises `Unfit` over 72 bytes, or for no text."""
    plain = unicodedata.normalize("NFC", password)
    try:
        size = len(plain.encode())
    except UnicodeEncodeError:
        raise Unfit("body/password", "the password has half of a character in it") from None
    if size > LONGEST:
        raise Unfit(
            "body/password",
            f"the password has more than {LONGEST} bytes",
            help="take a shorter one: letters with accents count two bytes, and emoji four",
        )
    return plain
