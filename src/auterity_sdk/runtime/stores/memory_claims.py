"""The claims to locks and turns of a store in memory."""

from __future__ import annotations

from auterity_sdk.errors import AlreadyStarted, RunRejected
from auterity_sdk.runtime.ports import Claims

_Claim = tuple[str, str]


class MemoryClaims:
    """Queues by key of claims, each a run and a step, in the order of asking."""

    def __init__(self) -> None:
        self._queues: dict[str, list[_Claim]] = {}
        self._keys: dict[_Claim, tuple[str, int]] = {}
        self._holders: set[_Claim] = set()
        self._starts: dict[str, tuple[str, int]] = {}

    def change(self, run_id: str, claims: Claims) -> None:
        """Enter and strike claims. Raises `AlreadyStarted` and `RunRejected`, and then changes nothing."""
        if claims.once:
            found = self._starts.get(claims.once)
            if found is not None and found[1] >= claims.since:
                raise AlreadyStarted(found[0])
        going = len(self._queues.get(claims.asked.get("", ""), ()))
        if claims.reject and going >= claims.slots:
            raise RunRejected(f"{going} runs of the same key go on")
        if claims.once:
            self._starts[claims.once] = (run_id, claims.at)
        for step, key in claims.asked.items():
            self._keys[(run_id, step)] = (key, 1 if step else claims.slots)
            self._queues.setdefault(key, []).append((run_id, step))
        self._holders |= {(run_id, step) for step in claims.taken}
        for step in claims.released:
            self._release((run_id, step))

    def turns(self, run_id: str) -> dict[str, str]:
        """See `Locks.turns`."""
        return {
            claim[1]: "" if self._is_next(claim) else self._queues[key][0][0]
            for claim, (key, _) in self._keys.items()
            if claim[0] == run_id and claim not in self._holders
        }

    def ahead(self, run_id: str) -> list[str]:
        """See `Locks.ahead`."""
        claim = (run_id, "")
        if claim not in self._keys:
            return []
        queue = self._queues[self._keys[claim][0]]
        return [before for before, _ in queue[: queue.index(claim)]]

    def in_turn(self) -> set[str]:
        """The runs with a step whose turn it is, and which has not taken it yet."""
        waiting = self._keys.keys() - self._holders
        return {claim[0] for claim in waiting if self._is_next(claim)}

    def forget(self, run_id: str) -> None:
        """A run is no longer kept."""
        self._starts = {key: found for key, found in self._starts.items() if found[0] != run_id}

    def _is_next(self, claim: _Claim) -> bool:
        key, slots = self._keys[claim]
        return claim in self._queues[key][:slots]

    def _release(self, claim: _Claim) -> None:
        self._holders.discard(claim)
        if claim in self._keys:
            key, _ = self._keys.pop(claim)
            self._queues[key].remove(claim)
            if not self._queues[key]:
                del self._queues[key]
