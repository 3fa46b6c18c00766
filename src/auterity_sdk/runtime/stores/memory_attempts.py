"""The attempts that are carried out elsewhere, in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from auterity_sdk.errors import LeaseLost
from auterity_sdk.runtime.carrying import AttemptLease, ClaimedAttempt
from auterity_sdk.runtime.ports import Claims

_Key = tuple[str, str]


class MemoryAttempts(ABC):
    """See `Attempts`."""

    def __init__(self) -> None:
        self._attempts: dict[_Key, AttemptLease] = {}
        self._sent: dict[_Key, int] = {}

    @abstractmethod
    def _length(self, run_id: str) -> int:
        """How many events a run has."""

    def _check_attempt(self, lease: AttemptLease | None) -> None:
        if lease is not None and not self._is_held(lease):
            raise LeaseLost(f"the attempt of `{lease.step}` is somebody else's by now")

    def _is_held(self, lease: AttemptLease) -> bool:
        known = self._attempts.get((lease.run_id, lease.step))
        if known is None or _who(known) != _who(lease):
            return False
        return not lease.silent or known.until == lease.until

    def _change_attempts(self, run_id: str, claims: Claims, length: int) -> None:
        for step in claims.ended:
            self._remove((run_id, step))
        for each in claims.begun:
            row = AttemptLease(run_id, each.step, each.attempt, each.queue, length)
            self._attempts[run_id, each.step] = replace(row, owner=each.owner, until=each.until)
            self._sent[run_id, each.step] = each.at

    def _remove(self, key: _Key) -> None:
        self._attempts.pop(key, None)
        self._sent.pop(key, None)

    def _forget_attempts(self, run_ids: Collection[str]) -> None:
        if self._attempts:
            for key in [key for key in self._attempts if key[0] in run_ids]:
                self._remove(key)

    async def claim_attempt(
        self, run_id: str, step: str, attempt: int, owner: str, until: int
    ) -> ClaimedAttempt | None:
        """See `Attempts.claim_attempt`."""
        known = self._attempts.get((run_id, step))
        if known is None or known.owner or known.attempt != attempt:
            return None
        lease = replace(known, owner=owner, until=until)
        self._attempts[run_id, step] = lease
        return ClaimedAttempt(lease, self._length(run_id))

    async def keep_attempts(self, leases: Sequence[AttemptLease], until: int) -> None:
        """See `Attempts.keep_attempts`."""
        for each in filter(self._is_held, leases):
            key = each.run_id, each.step
            self._attempts[key] = replace(self._attempts[key], until=until)

    async def attempts(self, *, owner: str = "", run_id: str = "") -> list[AttemptLease]:
        """See `Attempts.attempts`."""
        return [
            each
            for each in self._attempts.values()
            if (not run_id or each.run_id == run_id)
            and (each.owner == owner or not (owner or not run_id))
        ]

    async def drop_attempt(self, lease: AttemptLease) -> None:
        """See `Attempts.drop_attempt`."""
        if self._is_held(lease):
            self._remove((lease.run_id, lease.step))

    async def give_back_attempt(self, lease: AttemptLease, now: int) -> None:
        """See `Attempts.give_back_attempt`."""
        if self._is_held(lease):
            key = lease.run_id, lease.step
            self._attempts[key] = replace(self._attempts[key], owner="", until=0)
            self._sent[key] = now

    async def withdraw_attempt(self, run_id: str, step: str, attempt: int) -> bool | None:
        """See `Attempts.withdraw_attempt`."""
        known = self._attempts.get((run_id, step))
        if known is None or known.attempt != attempt:
            return None
        if known.owner:
            self._attempts[run_id, step] = replace(known, stopping=True)
            return False
        self._remove((run_id, step))
        return True

    async def unclaimed(self, before: int) -> dict[str, int]:
        """See `Attempts.unclaimed`."""
        return dict(Counter(each.queue for each in self._old(before)))

    async def send_again(self, queue: str, before: int, now: int, limit: int) -> list[AttemptLease]:
        """See `Attempts.send_again`."""
        found = [each for each in self._old(before) if each.queue == queue][:limit]
        self._sent |= {(each.run_id, each.step): now for each in found}
        return found

    def _old(self, before: int) -> list[AttemptLease]:
        keys = sorted(self._attempts, key=lambda key: self._sent[key])
        found = [self._attempts[key] for key in keys if self._sent[key] <= before]
        return [each for each in found if not each.owner]

    async def overdue(self, now: int, limit: int) -> list[AttemptLease]:
        """See `Attempts.overdue`."""
        found = [each for each in self._attempts.values() if each.owner and each.until <= now]
        return found[:limit]


def _who(lease: AttemptLease) -> tuple[int, int, str]:
    return lease.attempt, lease.fence, lease.owner
