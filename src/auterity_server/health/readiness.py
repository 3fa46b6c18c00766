"""Whether the server can be given work, looked at once a second at most, however often it is asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from time import monotonic

from auterity_server.health.checks import Check

_LOG = logging.getLogger("auterity.server")

PATIENCE = 2.0
"""Seconds that a part may take to answer."""
FRESH = 1.0
"""Seconds for which what was seen is told again: the route is open to all."""


class Readiness:
    """How each part is. Only its name and its state are told; the log has the kind of error, when that changes."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = tuple(checks)
        self._looking = asyncio.Lock()
        self._seen: dict[str, bool] = {}
        self._seen_at = -float("inf")

    async def state(self) -> Mapping[str, bool]:
        """The parts by their names, and whether each is well."""
        async with self._looking:
            if monotonic() - self._seen_at >= FRESH:
                found = await asyncio.gather(*map(self._is_well, self._checks))
                names = (check.name for check in self._checks)
                self._seen = dict(zip(names, found, strict=True))
                self._seen_at = monotonic()
            return self._seen

    async def _is_well(self, check: Check) -> bool:
        before = self._seen.get(check.name, True)
        try:
            async with asyncio.timeout(PATIENCE):
                await check.look()
        except Exception as error:  # noqa: BLE001 - whatever is wrong: the part is not well
            if before:
                # The text of an error may hold an address with a password.
                _LOG.error("not ready: %s (%s)", check.name, type(error).__name__)
            return False
        if not before:
            _LOG.warning("ready again: %s", check.name)
        return True
