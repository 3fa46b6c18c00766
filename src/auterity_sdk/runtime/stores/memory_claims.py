"""The claims to locks, queues and turns of a store in memory."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from msgspec import Struct

from auterity_sdk.errors import AlreadyStarted, RunRejected, TurnLost
from auterity_sdk.runtime.ports import POINT, Claims, Holder, Turn
from auterity_sdk.workflow.queue import Queue

_Step = tuple[str, str]


class _Claim(Struct, eq=False):
    """What a step of a run asks for. `rank` is its time of asking, made earlier by the run's priority."""

    key: str
    run_id: str
    step: str
    slots: int | None
    rank: int
    asked: int
    ticket: int
    queue: Queue | None = None
    taken: bool = False


class MemoryClaims:
    """Claims by key in the order in which their turn comes: those that are taken, then by rank, then by asking."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[_Claim]] = {}
        self._by_step: dict[_Step, list[_Claim]] = {}
        self._began: dict[str, list[int]] = {}
        self._starts: dict[str, tuple[str, int]] = {}
        self._tickets = count(1)

    def change(self, run_id: str, claims: Claims) -> None:
        """Enter and strike claims. Raises `AlreadyStarted`, `RunRejected` and `TurnLost`, and then changes nothing."""
        self._check_start(claims)
        taken = self._in_turn_of(run_id, claims)
        for step in claims.left:
            self._strike(claim for claim in self._of(run_id, step) if claim.queue is not None)
        for claim in taken:
            self._take(claim, claims.at)
        if claims.once:
            self._starts[claims.once] = (run_id, claims.at)
        for step, key in claims.asked.items():
            self._ask(key, run_id, step, claims, 1 if step else claims.slots)
        for step, queue in claims.queued.items():
            self._ask(queue.key, run_id, step, claims, queue.slots, queue)
        for step in claims.released:
            self._strike(self._of(run_id, step))

    def turns(self, run_id: str, now: int) -> dict[str, Turn]:
        """See `Locks.turns`."""
        return {
            claim.step: self._turn(claim, now)
            for claim in self._all()
            if claim.run_id == run_id and not claim.taken
        }

    def ahead(self, run_id: str) -> list[str]:
        """See `Locks.ahead`."""
        for claim in self._of(run_id, ""):
            queue = self._by_key[claim.key]
            return [before.run_id for before in queue[: queue.index(claim)]]
        return []

    def holders(self, run_id: str) -> list[Holder]:
        """See `Locks.holders`."""
        return [
            Holder(claim.step, claim.ticket, claim.slots or 1, held.run_id, held.step)
            for claim in self._all()
            if claim.run_id == run_id and not claim.taken and claim.queue is None
            for held in self._by_key[claim.key]
            if held.taken
        ]

    def in_turn(self, now: int, queues: Iterable[str] | None = None) -> set[str]:
        """The runs with a step whose turn it is, and which has not taken it yet; of these queues, if given."""
        return {
            claim.run_id
            for claim in self._all()
            if not claim.taken
            and (queues is None or (claim.queue is not None and claim.queue.name in queues))
            and self._turn(claim, now).is_now
        }

    def forget(self, run_id: str) -> None:
        """A run is no longer kept."""
        self._starts = {key: found for key, found in self._starts.items() if found[0] != run_id}

    def _check_start(self, claims: Claims) -> None:
        found = self._starts.get(claims.once) if claims.once else None
        if found is not None and found[1] >= claims.since:
            raise AlreadyStarted(found[0])
        going = len(self._by_key.get(claims.asked.get("", ""), ()))
        if claims.reject and going >= claims.slots:
            raise RunRejected(f"{going} runs of the same key go on")

    def _in_turn_of(self, run_id: str, claims: Claims) -> list[_Claim]:
        """The claims that are taken now. Raises `TurnLost` where it is the turn of others."""
        taken = [
            claim for step in claims.taken for claim in self._of(run_id, step) if not claim.taken
        ]
        lost = [claim.step for claim in taken if not self._turn(claim, claims.at).is_now]
        if lost:
            raise TurnLost(lost)
        return taken

    def _take(self, claim: _Claim, at: int) -> None:
        claim.taken = True
        self._sort(claim.key)
        if claim.queue is not None and claim.queue.rate is not None:
            self._began.setdefault(claim.key, []).append(at)

    def _ask(
        self,
        key: str,
        run_id: str,
        step: str,
        claims: Claims,
        slots: int | None,
        queue: Queue | None = None,
    ) -> None:
        others = self._by_key.setdefault(key, [])
        if queue is not None:
            for other in others:
                other.slots, other.queue = slots, queue
        asked = max((claims.at, *(other.asked for other in others)))
        rank = asked - POINT * claims.priority
        made = _Claim(key, run_id, step, slots, rank, asked, next(self._tickets), queue)
        others.append(made)
        self._sort(key)
        self._by_step.setdefault((run_id, step), []).append(made)

    def _sort(self, key: str) -> None:
        # Stable: of equal ranks, who asked first stays before.
        self._by_key[key].sort(key=lambda claim: (not claim.taken, claim.rank))

    def _strike(self, claims: Iterable[_Claim]) -> None:
        for claim in tuple(claims):
            self._by_key[claim.key].remove(claim)
            if not self._by_key[claim.key]:
                del self._by_key[claim.key]
            of_step = self._by_step[claim.run_id, claim.step]
            of_step.remove(claim)
            if not of_step:
                del self._by_step[claim.run_id, claim.step]

    def _turn(self, claim: _Claim, now: int) -> Turn:
        queue = self._by_key[claim.key]
        place = queue.index(claim)
        if claim.slots is not None and place >= claim.slots:
            return Turn(queue[0].run_id)
        limits = claim.queue
        if limits is None or limits.rate is None:
            return Turn()
        began = [at for at in self._began.get(claim.key, ()) if now - limits.per < at <= now]
        self._began[claim.key] = began
        held = sum(each.taken for each in queue)
        if place - held < limits.rate - len(began):
            return Turn()
        return Turn(at=min(began, default=now) + limits.per)

    def _of(self, run_id: str, step: str) -> list[_Claim]:
        return self._by_step.get((run_id, step), [])

    def _all(self) -> Iterable[_Claim]:
        return (claim for claims in self._by_step.values() for claim in claims)
