"""What every run store must do with attempts that are carried out elsewhere; part of `StoreContract`."""

# ruff: noqa: S101 - to assert is what a contract is for

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from msgspec.structs import replace

from auterity_sdk.errors import LeaseLost, VersionConflict
from auterity_sdk.runtime.carrying import AttemptLease, Begun
from auterity_sdk.runtime.ports import Claims, Store, Summary
from auterity_sdk.testing.claims_contract import STARTED, STEP, summary

_A, _B = Begun("a", 1, "quick", 10), Begun("b[0]/c", 2, "slow", 20)


async def _is_refused(store: Store, lease: AttemptLease, length: int) -> bool:
    try:
        await store.append("r1", length, [STEP], claims=Claims(ended=[lease.step], of=lease))
    except LeaseLost:
        return len(await store.events("r1")) == length
    return False


class AttemptsContract:
    """The tests, for a class that gives a `store` that is empty, and the same one `again`."""

    def store(self) -> Store:
        """An empty store."""
        raise TypeError("a store contract needs a `store`")

    def again(self, store: Store) -> Store:
        """The same store as another process would open it; itself where it is not shared."""
        return store

    def carry_out(self, check: Coroutine[Any, Any, None]) -> None:
        """Do what a test does, in an event loop. A store that has to be closed in it is closed here."""
        asyncio.run(check)

    def test_an_attempt_is_claimed_once(self) -> None:
        """It is there from the append that began it; who claims it learns how long the journal is."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [STARTED, STEP], summary(), claims=Claims(begun=[_A, _B]))
            again = self.again(store)
            assert await again.claim_attempt("r1", "a", 2, ":1::x", 99) is None
            assert await again.claim_attempt("r2", "a", 1, ":1::x", 99) is None
            claimed = await again.claim_attempt("r1", "a", 1, ":1::x", 99)
            assert claimed is not None
            lease = AttemptLease("r1", "a", 1, "quick", 2, ":1::x", 99)
            assert (claimed.lease, claimed.seq) == (lease, 2)
            assert await store.claim_attempt("r1", "a", 1, ":2::y", 99) is None
            assert await store.attempts(owner=":1::x") == [lease]
            found = await store.attempts(run_id="r1")
            assert sorted(each.step for each in found) == ["a", "b[0]/c"]
            assert await store.attempts(run_id="r1", owner=":1::x") == [lease]

        self.carry_out(check())

    def test_what_a_late_holder_brings_is_refused(self) -> None:
        """Its fence is an older one; nothing of it is appended. Who has it ends it by what it appends."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [STARTED], summary(), claims=Claims(begun=[_A]))
            late = await store.claim_attempt("r1", "a", 1, ":1::x", 20)
            assert late is not None
            lost = Claims(begun=[replace(_A, at=30)], of=late.lease)
            await store.append("r1", 1, [STEP], claims=lost)
            assert await _is_refused(store, late.lease, 2)
            now = await self.again(store).claim_attempt("r1", "a", 1, ":2::y", 60)
            assert now is not None
            assert now.lease.fence > late.lease.fence
            assert await _is_refused(store, late.lease, 2)
            over = replace(summary(), status="succeeded", ended_at=9)
            await store.append("r1", 2, [STEP], over, claims=Claims(ended=["a"], of=now.lease))
            assert await _is_refused(store, now.lease, 3)
            assert await store.attempts(run_id="r1") == []

        self.carry_out(check())

    def test_a_holder_that_slept_is_none_of_a_later_attempt_of_its_step(self) -> None:
        """Not though the step ended meanwhile, its number is the same, and the same process has it."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [STARTED], summary(), claims=Claims(begun=[_A]))
            late = await store.claim_attempt("r1", "a", 1, ":1::x", 20)
            assert late is not None
            await store.append("r1", 1, [STEP], claims=Claims(ended=["a"], of=late.lease))
            await store.append("r1", 2, [STEP], claims=Claims(begun=[_A]))
            now = await self.again(store).claim_attempt("r1", "a", 1, ":1::x", 20)
            assert now is not None
            assert now.lease.fence > late.lease.fence
            await store.keep_attempts([late.lease], 90)
            await store.drop_attempt(late.lease)
            assert await store.attempts(run_id="r1") == [now.lease]
            assert await _is_refused(store, late.lease, 3)
            await store.give_back_attempt(now.lease, 30)
            other = await store.claim_attempt("r1", "a", 1, ":2::y", 40)
            assert other is not None
            assert await _is_refused(store, now.lease, 3)
            assert not await _is_refused(store, other.lease, 3)

        self.carry_out(check())

    def test_attempts_that_began_otherwise_are_entered_by_the_driver(self) -> None:
        """By an append without events. A driver that was silent for too long enters none, nor one that knows less."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [STARTED], summary())
            slept = await store.take("r1", ":1::x", 10, 20)
            await store.append("r1", 1, [], lease=slept, claims=Claims(begun=[_A]))
            claimed = await store.claim_attempt("r1", "a", 1, ":1::x", 20)
            assert claimed is not None
            lease = await self.again(store).take("r1", ":2::y", 30, 40)
            for refused, length in ((slept, 1), (lease, 0)):
                try:
                    late = Claims(begun=[replace(_A, attempt=9)])
                    await store.append("r1", length, [], lease=refused, claims=late)
                except (LeaseLost, VersionConflict):
                    continue
                raise AssertionError("the attempt should not have been entered")
            assert await store.attempts(run_id="r1") == [claimed.lease]
            kept = replace(_A, attempt=2, owner=":1::x", until=50)
            await store.append("r1", 1, [STEP], claims=Claims(begun=[kept]))
            (found,) = await store.attempts(owner=":1::x")
            assert (found.attempt, found.until) == (2, 50)
            assert found.fence > claimed.lease.fence

        self.carry_out(check())

    def test_who_has_kept_an_attempt_is_not_taken_for_gone(self) -> None:
        """Whoever found it overdue before that finds out by what it appends."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [STARTED], summary(), claims=Claims(begun=[_A]))
            claimed = await store.claim_attempt("r1", "a", 1, ":1::x", 20)
            assert claimed is not None
            (overdue,) = await self.again(store).overdue(20, 9)
            silent = replace(overdue, silent=True)
            await store.keep_attempts([claimed.lease], 40)
            assert await _is_refused(store, silent, 1)
            (overdue,) = await self.again(store).overdue(40, 9)
            assert not await _is_refused(store, replace(overdue, silent=True), 1)

        self.carry_out(check())

    def test_what_nobody_claimed_is_sent_again_by_one(self) -> None:
        """The oldest first, by queue; what was sent again just now is not."""

        async def check() -> None:
            store = self.store()
            begun = [replace(_A, step=f"a{number}", at=10 + number) for number in range(3)]
            await store.append("r1", 0, [STARTED], summary(), claims=Claims(begun=[*begun, _B]))
            await store.claim_attempt("r1", "a2", 1, ":1::x", 99)
            assert await store.unclaimed(9) == {}
            assert await store.unclaimed(20) == {"quick": 2, "slow": 1}
            again = self.again(store)
            assert [each.step for each in await again.send_again("quick", 20, 30, 1)] == ["a0"]
            assert [each.step for each in await store.send_again("quick", 20, 31, 9)] == ["a1"]
            assert await again.send_again("quick", 20, 32, 9) == []
            assert await again.unclaimed(30) == {"quick": 1, "slow": 1}

        self.carry_out(check())

    def test_a_silent_holder_is_overdue(self) -> None:
        """Unless it has said that it still has the attempt; what was given back anybody may claim."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [STARTED], summary(), claims=Claims(begun=[_A, _B]))
            one = await store.claim_attempt("r1", "a", 1, ":1::x", 20)
            two = await store.claim_attempt("r1", "b[0]/c", 2, ":1::x", 20)
            assert one is not None
            assert two is not None
            assert await store.overdue(19, 9) == []
            await store.keep_attempts([one.lease], 40)
            assert [each.step for each in await self.again(store).overdue(20, 9)] == ["b[0]/c"]
            await store.give_back_attempt(one.lease, 25)
            assert await store.unclaimed(25) == {"quick": 1}
            assert await store.claim_attempt("r1", "a", 1, ":2::y", 50) is not None
            await store.keep_attempts([one.lease], 90)
            await store.drop_attempt(one.lease)  # it has another holder by now
            assert {each.step for each in await store.overdue(50, 9)} == {"a", "b[0]/c"}
            await store.drop_attempt(two.lease)
            assert [each.step for each in await store.overdue(50, 9)] == ["a"]

        self.carry_out(check())

    def test_an_attempt_can_be_taken_back_until_somebody_has_it(self) -> None:
        """Then its holder is told to stop; and what a run had goes with its end."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [STARTED], summary(), claims=Claims(begun=[_A, _B]))
            assert await store.withdraw_attempt("r1", "a", 2) is None
            assert await store.withdraw_attempt("r1", "a", 1) is True
            assert await store.withdraw_attempt("r1", "a", 1) is None
            claimed = await store.claim_attempt("r1", "b[0]/c", 2, ":1::x", 20)
            assert claimed is not None
            assert await store.withdraw_attempt("r1", "b[0]/c", 2) is False
            stopping = replace(claimed.lease, stopping=True)
            assert await self.again(store).attempts(owner=":1::x") == [stopping]
            over = replace(summary(), status="succeeded", ended_at=9)
            await store.append("r1", 1, [STEP], over)
            assert await store.attempts(run_id="r1") == []

        self.carry_out(check())

    def test_a_run_that_goes_on_elsewhere_is_due_by_its_time_alone(self) -> None:
        """It runs, and nobody has to drive it; an append may let it be due sooner, and never later."""

        async def check() -> None:
            store = self.store()
            told = Summary("r1", "w", "v", "running", 1, due=50, carried=True)
            await store.append("r1", 0, [STARTED], told)
            other = replace(told, run_id="r2", due=None)
            await store.append("r2", 0, [STARTED], other)
            assert await store.run("r1") == told
            assert await store.due(49, 9) == []
            assert await store.next_due(10) == 50
            assert await store.due(50, 9) == ["r1"]
            await store.append("r1", 1, [STEP], claims=Claims(due=70))
            await store.append("r2", 1, [STEP], claims=Claims(due=30))
            assert await store.due(49, 9) == ["r2"]
            assert await store.due(50, 9) in (["r1", "r2"], ["r2", "r1"])
            await store.append("r2", 2, [STEP], replace(other, carried=False))
            assert await store.due(1, 9) == ["r2"]

        self.carry_out(check())

    def test_a_summary_alone_names_the_length_that_it_builds_on(self) -> None:
        """Or else it could say that nothing is due of what another process has just appended."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [STARTED], summary())
            await self.again(store).append("r1", 1, [STEP], summary())
            try:
                await store.append("r1", 1, [], replace(summary(), status="waiting"))
            except VersionConflict:
                assert await store.run("r1") == summary()
            else:
                raise AssertionError("the summary should have been refused")

        self.carry_out(check())
