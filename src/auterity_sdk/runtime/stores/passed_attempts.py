"""Attempts of a store behind another one: they hold names and numbers, and nothing that is to be sealed."""

from __future__ import annotations

from collections.abc import Sequence

from auterity_sdk.runtime.carrying import AttemptLease, Attempts, ClaimedAttempt


class PassedAttempts:
    """See `Attempts`; all is passed on to `_attempts`."""

    _attempts: Attempts

    async def claim_attempt(
        self, run_id: str, step: str, attempt: int, owner: str, until: int
    ) -> ClaimedAttempt | None:
        """See `Attempts.claim_attempt`."""
        return await self._attempts.claim_attempt(run_id, step, attempt, owner, until)

    async def keep_attempts(self, leases: Sequence[AttemptLease], until: int) -> None:
        """See `Attempts.keep_attempts`."""
        await self._attempts.keep_attempts(leases, until)

    async def attempts(self, *, owner: str = "", run_id: str = "") -> list[AttemptLease]:
        """See `Attempts.attempts`."""
        return await self._attempts.attempts(owner=owner, run_id=run_id)

    async def drop_attempt(self, lease: AttemptLease) -> None:
        """See `Attempts.drop_attempt`."""
        await self._attempts.drop_attempt(lease)

    async def give_back_attempt(self, lease: AttemptLease, now: int) -> None:
        """See `Attempts.give_back_attempt`."""
        await self._attempts.give_back_attempt(lease, now)

    async def withdraw_attempt(self, run_id: str, step: str, attempt: int) -> bool | None:
        """See `Attempts.withdraw_attempt`."""
        return await self._attempts.withdraw_attempt(run_id, step, attempt)

    async def unclaimed(self, before: int) -> dict[str, int]:
        """See `Attempts.unclaimed`."""
        return await self._attempts.unclaimed(before)

    async def send_again(self, queue: str, before: int, now: int, limit: int) -> list[AttemptLease]:
        """See `Attempts.send_again`."""
        return await self._attempts.send_again(queue, before, now, limit)

    async def overdue(self, now: int, limit: int) -> list[AttemptLease]:
        """See `Attempts.overdue`."""
        return await self._attempts.overdue(now, limit)
