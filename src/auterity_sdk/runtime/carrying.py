"""Attempts that others carry out than who drives their run: who has them, and what takes them there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

LEASE = 30_000
"""Who carries an attempt out and is silent for so many milliseconds has lost it."""

HEARTBEAT = 10_000
"""Who carries attempts out says every so many milliseconds that it still does."""

UNCLAIMED = 10_000
"""An attempt that nobody has claimed so many milliseconds after it was sent may be sent again."""


class Begun(Struct, frozen=True):
    """An attempt that whoever claims it is to carry out; `queue` is where it is offered, `at` when that was.

    With an `owner` it has been claimed by this already, until `until`.
    """

    step: str
    attempt: int
    queue: str
    at: int
    owner: str = ""
    until: int = 0


class AttemptLease(Struct, frozen=True):
    """The right to carry out an attempt; nobody's, while `owner` is empty.

    `fence` is the length that the journal of its run had when it began, so that no later attempt of the step has the same:
    what comes of an earlier one, or of another owner, is refused. `stopping`: the holder is told to stop. `silent`: not its
    holder appends by it, but who has found it overdue; that is refused too once the holder has kept it.
    """

    run_id: str
    step: str
    attempt: int
    queue: str
    fence: int = 0
    owner: str = ""
    until: int = 0
    stopping: bool = False
    silent: bool = False


class ClaimedAttempt(Struct, frozen=True):
    """An attempt that was claimed, and how long the journal of its run is."""

    lease: AttemptLease
    seq: int


class Attempts(Protocol):
    """The attempts that are carried out elsewhere: one line each, from their beginning to their end.

    Lines are made and removed by the appends that begin and end their attempts; so they are lost by nothing. One of an
    attempt that began otherwise is made by an append without events.
    """

    async def claim_attempt(
        self, run_id: str, step: str, attempt: int, owner: str, until: int
    ) -> ClaimedAttempt | None:
        """Claim an attempt; None where there is no such one, or somebody has it."""
        ...

    async def keep_attempts(self, leases: Sequence[AttemptLease], until: int) -> None:
        """Keep these until then, as far as they are still had."""
        ...

    async def attempts(self, *, owner: str = "", run_id: str = "") -> list[AttemptLease]:
        """The attempts of a run, or all that an owner has; with both, those of the run that it has."""
        ...

    async def drop_attempt(self, lease: AttemptLease) -> None:
        """Remove an attempt that is not to be carried out any more, if it is still this holder's."""
        ...

    async def give_back_attempt(self, lease: AttemptLease, now: int) -> None:
        """Let anybody claim an attempt that has not begun."""
        ...

    async def withdraw_attempt(self, run_id: str, step: str, attempt: int) -> bool | None:
        """Remove an attempt that nobody has claimed; who has it is told to stop, and False is given. None: there is none."""
        ...

    async def unclaimed(self, before: int) -> dict[str, int]:
        """By queue, how many attempts were sent before that time and nobody has claimed."""
        ...

    async def send_again(self, queue: str, before: int, now: int, limit: int) -> list[AttemptLease]:
        """Those of a queue that were sent the longest time before `before`: sent at `now` from here on, by whoever asked."""
        ...

    async def overdue(self, now: int, limit: int) -> list[AttemptLease]:
        """Attempts whose holder has been silent for too long."""
        ...


class AttemptCarrier(Protocol):
    """Takes word of attempts to processes that carry them out. Word that is lost is sent again."""

    def queue_of(self, uses: str) -> str:
        """Where attempts of a step type are offered."""
        ...

    def send(self, run_id: str, attempts: Sequence[Begun]) -> None:
        """Send word. It neither waits nor fails: what cannot be sent is found by a sweep."""
        ...

    async def unserved(self, uses: Mapping[str, str]) -> Collection[str]:
        """The step types of these that no living process makes attempts of; none where nobody can tell.

        Each comes with the digest of its declaration, or an empty text if it comes with Auterity.
        """
        ...

    async def backlog(self, queue: str) -> int:
        """How many words wait in a queue; 0 where nobody can tell."""
        ...
