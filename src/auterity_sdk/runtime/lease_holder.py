"""Who holds the leases of a driver's runs: while it does, no other process drives these."""

from __future__ import annotations

from collections.abc import Awaitable

from msgspec import Struct

from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.ports import Clock, Lease, Leases

LEASE = 15_000
"""A lease ends so many milliseconds after it was taken or renewed last."""

_JUST_STARTED = 1000
"""The lease with which a run was started so few milliseconds ago is not taken again."""


class LeaseHolder(Struct, eq=False):
    """Takes and renews the leases of one owner, and gives them back."""

    store: Leases
    clock: Clock
    owner: str
    _renewed: int = 0

    async def take(self, run_id: str, started: Live | None = None) -> Lease:
        """Take the lease of a run; or that with which it was `started` here, if that was just now.

        Raises `RunHeld` where another living process has it.
        """
        now = self.clock.now()
        lease = None if started is None else started.lease
        if lease is None or started is None or now - started.state.at >= _JUST_STARTED:
            lease = await self.store.take(run_id, self.owner, now, now + LEASE)
        return lease

    def has_old(self) -> bool:
        """Whether it is time to renew the leases."""
        return self.clock.now() - self._renewed > LEASE // 3

    async def renew(self) -> set[str]:
        """Keep the leases that the owner still has; gives their runs."""
        self._renewed = self.clock.now()
        return await self.store.renew(self.owner, self._renewed + LEASE)

    def give_back(self, run_id: str | None = None) -> Awaitable[None]:
        """Let others drive a run; None: all that the owner has."""
        return self.store.give_back(self.owner, run_id)
