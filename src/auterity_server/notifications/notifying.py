"""The work of telling people: find what waits, write mails of it, again and again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress

from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from auterity_sdk.errors import AuterityError
from auterity_server.notifications.about_approvals import ReadRuns
from auterity_server.notifications.digests import Digests
from auterity_server.notifications.reading import Reading

_LOG = logging.getLogger("auterity.mail")


class Notifying(Struct, frozen=True):
    """Looks each `every` seconds, in the runs that `all_runs` gives. Any number of processes may."""

    reading: Reading
    digests: Digests
    all_runs: Callable[[], Iterable[ReadRuns]]
    every: float

    async def work(self, stopping: asyncio.Event) -> None:
        """Do so until `stopping` is set."""
        while not stopping.is_set():
            try:
                await self.look()
            except (SQLAlchemyError, AuterityError) as error:
                _LOG.error("people are told later: %s", type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.every):
                    await stopping.wait()

    async def look(self) -> None:
        """Read on, and write what is due. What cannot be read keeps no mail that is known of from being written."""
        try:
            await self.reading.read_all(self.all_runs())
        finally:
            await self.digests.write_due()
