"""What every run store must do, as a test class: derive from it, and give `store`."""

# ruff: noqa: S101 - to assert is what a contract is for

from __future__ import annotations

from msgspec.structs import replace

from auterity_sdk.errors import (
    EventsGone,
    LeaseLost,
    RunHeld,
    RunNotFound,
    VersionConflict,
)
from auterity_sdk.runs.events import StepEnded
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runtime.ports import Claims, Incoming, Pins, Store, Summary
from auterity_sdk.testing.attempts_contract import AttemptsContract
from auterity_sdk.testing.claims_contract import STARTED as _STARTED
from auterity_sdk.testing.claims_contract import STEP as _STEP
from auterity_sdk.testing.claims_contract import ClaimsContract
from auterity_sdk.testing.claims_contract import summary as _summary
from auterity_sdk.testing.firings_contract import FiringsContract
from auterity_sdk.testing.order_contract import OrderContract

_FAILED = StepEnded(at=3, step="a", outcome="failed", error=Failure("network", "gone", True, 2.5))


async def _holder(store: Store, now: int) -> str:
    """The owner that keeps another one from `r1` at that time."""
    try:
        await store.take("r1", ":3::c", now, now + 1)
    except RunHeld as held:
        return ":1::a" if "process 1" in str(held) else str(held)
    return ""


class StoreContract(ClaimsContract, FiringsContract, AttemptsContract, OrderContract):
    """Derive a class whose name begins with `Test`, and give it a `store` that is empty."""

    def test_events_come_back_as_they_were(self) -> None:
        """Order and values are kept."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [_STARTED, _STEP], _summary())
            await store.append("r1", 2, [_FAILED])
            again = self.again(store)
            assert await again.events("r1") == [_STARTED, _STEP, _FAILED]
            assert await again.events("r1", 2) == [_FAILED]
            assert await again.events("r1", 3) == []

        self.carry_out(check())

    def test_runs_whose_journals_have_grown_are_told(self) -> None:
        """Also by what another process has appended; a run that is not there has not grown."""

        async def check() -> None:
            store = self.store()
            for run_id in ("r1", "r2", "r3"):
                await store.append(run_id, 0, [_STARTED], _summary(run_id))
            again = self.again(store)
            lengths = {"r1": 1, "r2": 1, "none": 1}
            assert await again.grown(lengths) == set()
            await store.append("r2", 1, [_STEP])
            await store.append("r3", 1, [_STEP])
            assert await again.grown(lengths) == {"r2"}
            assert await again.grown({"r1": 0, "r2": 2, "r3": 1}) == {"r1", "r3"}
            assert await again.grown({}) == set()

        self.carry_out(check())

    def test_runs_are_counted_by_how_they_stand(self) -> None:
        """Those of other statuses are left out."""

        async def check() -> None:
            store = self.store()
            for number, status in enumerate(("waiting", "running", "waiting", "failed")):
                run_id = f"r{number}"
                await store.append(run_id, 0, [_STARTED], replace(_summary(run_id), status=status))
            again = self.again(store)
            assert await again.count_runs(["waiting", "running", "uncertain"]) == {
                "waiting": 2,
                "running": 1,
            }
            assert await again.count_runs([]) == {}

        self.carry_out(check())

    def test_the_last_heartbeat_of_a_step_is_kept_until_its_run_ends(self) -> None:
        """Each step has its own; who lost the run adds none."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [_STARTED, _STEP], _summary())
            lease = await store.take("r1", ":1::a", 1, 10)
            assert await store.last_beat("r1", "a") is None
            for row in (1, 2):
                await store.beat("r1", "a", {"row": row, "name": "Zoë"}, lease)
            await store.beat("r1", "b[0]/c", [7])
            again = self.again(store)
            assert await again.last_beat("r1", "a") == {"row": 2, "name": "Zoë"}
            assert await again.last_beat("r1", "b[0]/c") == [7]
            assert await again.last_beat("r2", "a") is None
            await again.take("r1", ":2::b", 20, 30)
            try:
                await store.beat("r1", "a", {"row": 3}, lease)
            except LeaseLost:
                pass
            else:
                raise AssertionError("the heartbeat should have been refused")
            assert await store.last_beat("r1", "a") == {"row": 2, "name": "Zoë"}
            over = replace(_summary(status="succeeded"), ended_at=9)
            await store.append("r1", 2, [_FAILED], over)
            assert await again.last_beat("r1", "a") is None

        self.carry_out(check())

    def test_a_journal_of_another_length_is_a_conflict(self) -> None:
        """Nothing of a refused append is kept."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [_STARTED], _summary())
            await self.again(store).append("r1", 1, [_STEP])
            for late in (0, 1):
                try:
                    await store.append("r1", late, [_FAILED, _FAILED], _summary(status="failed"))
                except VersionConflict:
                    pass
                else:
                    raise AssertionError("the append should have been refused")
            try:
                await store.append("r1", 1, [], _summary(status="waiting"))
            except VersionConflict:
                pass
            else:
                raise AssertionError("a summary of an earlier state should have been refused")
            assert await store.events("r1") == [_STARTED, _STEP]
            assert await store.run("r1") == _summary()

        self.carry_out(check())

    def test_runs_are_listed_in_pages(self) -> None:
        """Each once, also those of the same millisecond, whatever comes meanwhile; of one workflow alone, if asked."""

        async def check() -> None:
            store = self.store()
            for number in range(7):
                run = replace(
                    _summary(f"a{number}", "running", number // 3), workflow=f"w{number % 2}"
                )
                await store.append(run.run_id, 0, [_STARTED], run)
            seen: list[str] = []
            before: tuple[int, str] | None = None
            while page := await store.runs(before=before, limit=2):
                seen += [run.run_id for run in page]
                before = page[-1].started_at, page[-1].run_id
                late = _summary(f"b{len(seen)}", "running", 9)
                await store.append(late.run_id, 0, [_STARTED], late)
            assert seen == ["a6", "a5", "a4", "a3", "a2", "a1", "a0"]
            of_one = await store.runs(workflow="w1", before=(2, "a6"), limit=2)
            assert [run.run_id for run in of_one] == ["a5", "a3"]

        self.carry_out(check())

    def test_runs_are_listed(self) -> None:
        """By status, caller and the beginning of the id; the last to start first."""

        async def check() -> None:
            store = self.store()
            for number, status in enumerate(("running", "failed", "running")):
                await store.append(
                    f"a{number}", 0, [_STARTED], _summary(f"a{number}", status, number)
                )
            assert [run.run_id for run in await store.runs()] == ["a2", "a1", "a0"]
            assert [run.run_id for run in await store.runs(statuses=["running"])] == ["a2", "a0"]
            assert [run.run_id for run in await store.runs(prefix="a1")] == ["a1"]
            assert [run.run_id for run in await store.runs(limit=1)] == ["a2"]
            assert await store.runs(parent_run="a0") == []
            assert await store.run("a1") == _summary("a1", "failed", 1)
            assert await store.run("a") is None

        self.carry_out(check())

    def test_an_unknown_run_is_not_found(self) -> None:
        """Both a journal and a version."""

        async def check() -> None:
            store = self.store()
            for asked in (store.events("nobody"), store.version("none")):
                try:
                    await asked
                except RunNotFound:
                    continue
                raise AssertionError("it should not have been found")

        self.carry_out(check())

    def test_a_version_is_kept_once(self) -> None:
        """A version is immutable. It comes with the runs that go by it: with none of them where they are refused."""

        async def check() -> None:
            store = self.store()
            for run, name in (("r1", "first"), ("r2", "second")):
                await store.append(
                    run, 0, [_STARTED], _summary(run), pins={"other": {"name": name}}
                )
            assert await self.again(store).version("other") == {"name": "first"}
            try:
                await store.append("r1", 0, [_STARTED], _summary(), pins={"w": {"name": "late"}})
            except VersionConflict:
                assert await store.versions("") == ["other"]
            else:
                raise AssertionError("it came too late")

        self.carry_out(check())

    def test_an_outside_event_is_used_once(self) -> None:
        """It counts once by its id, and goes to one run."""

        async def check() -> None:
            store = self.store()
            first = Incoming("e1", "sms", {"from": "+1"}, 5)
            assert await store.put(first)
            assert not await store.put(Incoming("e1", "sms", {"from": "+2"}, 6))
            assert await store.waiting(["sms", "mail"]) == [first]
            assert await store.waiting(["mail"]) == []
            await store.append("r1", 0, [_STARTED], _summary(), ["e1"])
            assert await store.waiting(["sms"]) == []
            try:
                await store.append("r2", 0, [_STARTED], _summary("r2"), ["e1"])
            except EventsGone as gone:
                assert gone.events == {"e1"}  # noqa: PT017 - tests of a contract know no pytest
                assert await store.run("r2") is None
            else:
                raise AssertionError("the event was used up")
            assert not await store.put(first)

        self.carry_out(check())

    def test_who_waits_for_an_event_is_found(self) -> None:
        """By its type and what it holds; who waits for any, or under another key, is always among them."""

        async def check() -> None:
            store = self.store()
            one, two, three = map(store.fingerprint, ("1", "2", "3"))
            waits = {
                "r1": [("sms", one), ("mail", "")],
                "r2": [("sms", two)],
                "r3": [("sms", "")],
                "r4": [("sms", "another0:key")],
                "r5": [("mail", one)],
            }
            for run, awaits in waits.items():
                claims = Claims(awaits=awaits)
                await store.append(run, 0, [_STARTED], _summary(run), claims=claims)
            again = self.again(store)
            assert sorted(await again.listening("sms", [one, three])) == ["r1", "r3", "r4"]
            assert sorted(await again.listening("sms", ["", three])) == ["r1", "r2", "r3", "r4"]
            assert sorted(await again.listening("sms", [])) == ["r1", "r2", "r3", "r4"]
            await store.append("r1", 1, [_STEP], claims=Claims())
            await store.append("r3", 1, [_STEP], claims=Claims(awaits=()))
            assert sorted(await again.listening("sms", [one])) == ["r1", "r4"]
            assert sorted(await again.listening("mail", [two])) == ["r1"]

        self.carry_out(check())

    def test_an_outside_event_has_its_lifetime(self) -> None:
        """It is forgotten then, and its id is still known; one that a run took is not touched."""

        async def check() -> None:
            store = self.store()
            for number, until in enumerate((10, 20, None, 5)):
                await store.put(Incoming(f"e{number}", "sms", {"n": number}, 1, until))
            await store.append("r1", 0, [_STARTED], _summary(), ["e3"])
            assert [each.until for each in await store.waiting(["sms"])] == [10, 20, None]
            assert await store.expire(9) == 0
            assert await store.expire(10) == 1
            assert [each.id for each in await self.again(store).waiting(["sms"])] == ["e1", "e2"]
            assert not await store.put(Incoming("e0", "sms", {}, 30))

        self.carry_out(check())

    def test_one_owner_holds_a_lease(self) -> None:
        """Until it gives it back, or its time is over."""

        async def check() -> None:
            store = self.store()
            first = await store.take("r1", ":1::a", 0, 10)
            assert not first.orphaned
            assert await store.take("r1", ":1::a", 5, 15) == first
            assert await _holder(store, 14) == ":1::a"
            second = await store.take("r1", ":2::b", 15, 30)
            assert second.orphaned
            assert second.fence > first.fence
            await store.give_back(":2::b")
            third = await store.take("r1", ":1::a", 16, 20)
            assert not third.orphaned
            assert third.fence > second.fence
            await store.take("r2", ":1::a", 16, 20)
            assert await store.renew(":1::a", 40) == {"r1", "r2"}
            assert await _holder(store, 39) == ":1::a"
            await store.give_back(":1::a", "r1")
            assert await store.renew(":1::a", 50) == {"r2"}

        self.carry_out(check())

    def test_who_lost_a_lease_appends_nothing(self) -> None:
        """A holder that was silent for too long may still write: its fence is an older one."""

        async def check() -> None:
            store = self.store()
            late = await store.take("r1", ":1::a", 0, 10)
            await store.append("r1", 0, [_STARTED], _summary(), lease=late)
            now = await store.take("r1", ":2::b", 11, 20)
            try:
                await store.append("r1", 1, [_STEP], _summary(), lease=late)
            except LeaseLost:
                pass
            else:
                raise AssertionError("the append should have been refused")
            await store.append("r1", 1, [_FAILED], lease=now)
            await store.append("r1", 2, [_STEP])
            assert await self.again(store).events("r1") == [_STARTED, _FAILED, _STEP]

        self.carry_out(check())

    def test_what_is_due_is_found(self) -> None:
        """Runs that were left, timers, and whatever a driver that died had; not what is driven or over."""

        async def check() -> None:
            store = self.store()
            for number, status in enumerate(("running", "waiting", "waiting", "succeeded")):
                run = f"r{number}"
                over = 1 if status == "succeeded" else None
                due = None if number == 2 else 7
                told = Summary(run, "w", "v", status, number, over, due)
                await store.append(run, 0, [_STARTED], told)
            assert await store.due(6, 9) == ["r0"]
            assert await store.next_due(6) == 7
            assert await store.due(7, 9) in (["r0", "r1"], ["r1", "r0"])
            assert len(await store.due(7, 1)) == 1
            assert await store.next_due(7) is None
            await store.take("r0", ":1::a", 7, 20)
            await store.take("r2", ":1::a", 7, 20)
            assert await store.due(8, 9) == ["r1"]
            # Its time is over: what it was about to do for the one that waits, nobody knows.
            assert {*await store.due(20, 9)} == {"r0", "r1", "r2"}
            await store.give_back(":1::a")
            assert {*await store.due(20, 9)} == {"r0", "r1"}

        self.carry_out(check())

    def test_runs_that_ended_long_ago_are_forgotten(self) -> None:
        """With their journals, but not where the run that called them goes on; what runs need stays."""

        async def check() -> None:
            store = self.store()
            for run, status, ended, caller in (
                ("old", "succeeded", 5, ""),
                ("child", "failed", 4, "old"),
                ("late", "succeeded", 50, ""),
                ("alive", "waiting", None, ""),
                ("inner", "succeeded", 5, "alive"),
            ):
                version = "gone" if run == "old" else "kept"
                told = Summary(run, "w", version, status, 1, ended, None, caller)
                own = {version: {"name": run}}
                await store.append(run, 0, [_STARTED, _STEP], told, pins=own)
            pins: Pins = {  # each names the next one by its version
                "calls": {"name": "late", "steps": {"a": {"call": "called@01234567"}}},
                "0123456789": {"name": "called", "steps": {"a": {"call": "inner@abcdef01"}}},
                "abcdef0123": {"name": "inner"},
                "fedcba9876": {"name": "other"},
            }
            told = Summary("calling", "w", "calls", "waiting", 1)
            await store.append("calling", 0, [_STARTED], told, pins=pins)
            assert await store.versions("0123") == ["0123456789"]
            assert await store.prunable(50) == ["child", "old"]
            assert await store.prune(["old", "child"]) == 2
            assert {run.run_id for run in await store.runs()} == {
                "late",
                "alive",
                "inner",
                "calling",
            }
            assert len(await store.events("late")) == 2
            for asked in (store.events("old"), store.version("gone")):
                try:
                    await asked
                except RunNotFound:
                    continue
                raise AssertionError("it should have been forgotten")
            assert await store.version("kept") == {"name": "child"}
            assert await store.versions("") == ["0123456789", "abcdef0123", "calls", "kept"]
            # A run that has not ended is never forgotten, whatever is asked.
            assert await store.prune(["alive"]) == 0
            assert len(await store.events("alive")) == 2

        self.carry_out(check())

    def test_a_child_that_ends_wakes_its_caller(self) -> None:
        """In one with the end, so that no crash comes between."""

        async def check() -> None:
            store = self.store()
            await store.append("r1", 0, [_STARTED], _summary())
            child = Summary("c1", "w", "v", "succeeded", 2, 9, parent_run="r1", parent="a")
            await store.append("c1", 0, [_STARTED], child)
            found = await self.again(store).run("r1")
            assert found is not None
            assert found.due == 9

        self.carry_out(check())
