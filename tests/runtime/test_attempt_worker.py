"""Attempts are carried out by whoever hears of them; the store alone knows what is true."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from auterity_sdk.runs.commands import DriverDied
from auterity_sdk.runs.events import AttemptLost, StepEnded
from auterity_sdk.runtime.attempt_worker import AttemptWorker
from auterity_sdk.runtime.carrying import LEASE, AttemptLease
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.inspection import inspect
from auterity_sdk.runtime.lease_holder import LEASE as DRIVER_LEASE
from auterity_sdk.runtime.live import open_run
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.testing.virtual_clock import VirtualClock
from tests.runtime.carrying import Host, Wire, carry_on
from tests.runtime.worlds import EFFECTS, REGISTRY, workflow, world

CHAIN = """
steps:
  a: {uses: add, with: {n: 1}}
  b: {needs: a, uses: add, with: {n: "${a.n}"}}
  c: {needs: b, uses: add, with: {n: "${b.n}"}}
output: {n: "${c.n}"}
"""
ALL = """
steps:
  a: {uses: effect, with: {name: a}}
  left: {needs: a, uses: effect, with: {name: left}}
  right: {needs: a, uses: flaky, with: {times: 3}, retry: {attempts: 3}}
  fan:
    needs: a
    for_each:
      in: "[1, 2, 3, 4]"
      max_parallel: 2
      steps: {one: {uses: effect, with: {name: "${string(item)}"}}}
  called: {needs: left, call: child}
  locked: {needs: a, lock: "'k'", uses: effect, with: {name: locked}}
  pause: {needs: right, wait: 2h}
ends: {over: [pause, fan, called, locked]}
"""
CHILD = workflow("steps: {x: {uses: effect, with: {name: x}}}", "child")
CHARGE = "steps: {pay: {uses: charge}}"


@pytest.fixture(autouse=True)
def _effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EFFECTS, str(tmp_path))


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[list[SqliteStore]]:
    """One file, as three processes have it open."""
    made = [SqliteStore(tmp_path / "store" / "runs.db") for _ in range(3)]
    yield made
    for store in made:
        store.close()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(1_000_000, moves=False)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def hosts(stores: list[SqliteStore], wire: Wire, clock: VirtualClock) -> list[Host]:
    """Each attempt is sent word of."""
    registry = REGISTRY.extended(workflows=[CHILD])
    return [Host(store, wire, clock, registry) for store in stores]


@pytest.fixture
def steady(stores: list[SqliteStore], wire: Wire, clock: VirtualClock) -> list[Host]:
    """Who ends an attempt goes on with the next one, up to three in a row."""
    registry = REGISTRY.extended(workflows=[CHILD])
    return [Host(store, wire, clock, registry, 3) for store in stores]


async def test_a_chain_goes_from_one_to_the_next_without_a_driver(
    hosts: list[Host], wire: Wire
) -> None:
    starter, one, two = hosts
    run = await starter.runtime.start(workflow(CHAIN), {})
    assert await starter.runtime.store.due(2_000_000, 9) == []
    for host, step in ((one, "a"), (two, "b"), (one, "c")):
        word = wire.words.popleft()
        assert word == (run, step, 1)
        await host.attempts.carry_out(*word)
    view = await starter.runtime.show(run)
    assert (view.status, view.output) == ("succeeded", {"n": 4})
    assert await starter.runtime.store.attempts(run_id=run) == []
    assert not wire.words


async def test_who_ends_an_attempt_goes_on_with_the_next_for_a_while(
    steady: list[Host], wire: Wire
) -> None:
    four = CHAIN.replace("output:", "  d: {needs: c, uses: nop}\noutput:")
    run = await steady[0].runtime.start(workflow(four), {})
    await steady[1].attempts.carry_out(*wire.words.popleft())
    assert [*wire.words] == [(run, "d", 1)]
    await steady[2].attempts.carry_out(*wire.words.popleft())
    view = await steady[0].runtime.show(run)
    assert (view.status, view.output) == ("succeeded", {"n": 4})
    assert await steady[0].runtime.store.attempts(run_id=run) == []


async def test_what_it_goes_on_with_is_lost_with_its_process(
    steady: list[Host], wire: Wire, clock: VirtualClock, tmp_path: Path
) -> None:
    (tmp_path / "slow").touch()
    text = "steps: {a: {uses: nop}, b: {needs: a, uses: hold}}"
    run = await steady[0].runtime.start(workflow(text), {})
    gone = asyncio.create_task(steady[1].attempts.carry_out(*wire.words.popleft()))
    while (run, "b") not in steady[1].attempts._carried:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
    clock.at += LEASE
    await steady[2].attempts.sweep()
    (tmp_path / "slow").unlink()
    await carry_on(wire, steady[2])
    await gone
    events = await steady[0].runtime.store.events(run)
    assert Counter(map(type, events))[AttemptLost] == 1
    assert Counter(map(type, events))[StepEnded] == 2


@pytest.mark.parametrize("several", [False, True])
async def test_all_that_a_run_may_do_goes_on_over_several_processes(
    request: pytest.FixtureRequest,
    wire: Wire,
    clock: VirtualClock,
    tmp_path: Path,
    several: bool,
) -> None:
    hosts: list[Host] = request.getfixturevalue("steady" if several else "hosts")
    runs = [await hosts[0].runtime.start(workflow(ALL), {}) for _ in range(4)]
    chance = random.Random(3)
    for _ in range(7):
        await carry_on(wire, *hosts[1:], chance=chance)
        clock.at += 3_600_000
    views = [await hosts[0].runtime.show(run) for run in runs]
    assert {view.status for view in views} == {"succeeded"}
    marks = _marks(tmp_path)
    assert {mark.count("\n") for mark in marks} == {1}
    assert len(marks) == 4 * 8


async def test_word_that_comes_twice_or_late_does_nothing(
    hosts: list[Host], wire: Wire, tmp_path: Path
) -> None:
    run = await hosts[0].runtime.start(workflow(CHARGE), {})
    word = wire.words.popleft()
    await asyncio.gather(*(host.attempts.carry_out(*word) for host in hosts for _ in range(3)))
    await hosts[1].attempts.carry_out(*word)
    assert (await hosts[0].runtime.show(run)).status == "succeeded"
    assert _marks(tmp_path) == ["card pay\n"]
    ended = [each for each in await hosts[0].runtime.store.events(run) if type(each) is StepEnded]
    assert len(ended) == 1


async def test_word_that_was_lost_is_sent_again(
    hosts: list[Host], wire: Wire, clock: VirtualClock
) -> None:
    wire.cut = True
    run = await hosts[0].runtime.start(workflow(CHAIN), {})
    await carry_on(wire, *hosts)
    wire.cut = False
    await hosts[1].attempts.sweep()
    assert not wire.words  # it may still be on its way
    clock.at += 1000
    await asyncio.gather(*(host.attempts.sweep() for host in hosts))
    assert [*wire.words] == [(run, "a", 1)]
    await carry_on(wire, *hosts)
    assert (await hosts[0].runtime.show(run)).status == "succeeded"


async def test_what_waits_in_the_queue_is_not_sent_again(
    hosts: list[Host], wire: Wire, clock: VirtualClock
) -> None:
    await hosts[0].runtime.start(workflow(CHAIN), {})
    clock.at += 60_000
    await hosts[0].attempts.sweep()
    assert len(wire.words) == 1


def _marks(folder: Path) -> list[str]:
    return [each.read_text() for each in folder.iterdir() if each.is_file()]


async def _left(host: Host, wire: Wire) -> asyncio.Task[None]:
    """An attempt that its process has begun, and never ends."""
    task = asyncio.create_task(host.attempts.carry_out(*wire.words.popleft()))
    while not host.attempts._carried:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
    return task


async def test_an_attempt_whose_process_is_gone_is_made_again(
    hosts: list[Host], wire: Wire, clock: VirtualClock, tmp_path: Path
) -> None:
    (tmp_path / "slow").touch()
    text = "steps: {pay: {uses: hold}}"
    run = await hosts[0].runtime.start(workflow(text), {})
    gone = await _left(hosts[1], wire)
    await hosts[2].attempts.sweep()
    assert not wire.words
    clock.at += LEASE
    await asyncio.gather(*(host.attempts.sweep() for host in (hosts[0], hosts[2])))
    assert [*wire.words] == [(run, "pay", 1)]
    (tmp_path / "slow").unlink()
    await carry_on(wire, hosts[2])
    await gone  # it comes back, and is refused
    events = await hosts[0].runtime.store.events(run)
    assert Counter(map(type, events))[AttemptLost] == 1
    assert Counter(map(type, events))[StepEnded] == 1
    assert (await hosts[0].runtime.show(run)).status == "succeeded"


async def test_an_effect_that_may_not_be_repeated_waits_for_a_person(
    hosts: list[Host], wire: Wire, clock: VirtualClock, tmp_path: Path
) -> None:
    (tmp_path / "slow").touch()
    run = await hosts[0].runtime.start(workflow(CHARGE), {})
    gone = await _left(hosts[1], wire)
    clock.at += LEASE
    await hosts[2].attempts.sweep()
    assert not wire.words
    assert (await hosts[0].runtime.show(run)).status == "uncertain"
    await hosts[0].runtime.settle(run, "pay", "ok", output={"n": 4}, by="ann")
    await carry_on(wire, *hosts)
    (tmp_path / "slow").unlink()
    await gone
    assert (await hosts[0].runtime.show(run)).status == "succeeded"
    assert _marks(tmp_path) == ["card pay\n"]


async def test_a_holder_that_lives_keeps_its_attempt(
    hosts: list[Host], wire: Wire, clock: VirtualClock, tmp_path: Path
) -> None:
    (tmp_path / "slow").touch()
    run = await hosts[0].runtime.start(workflow(CHARGE), {})
    stop = asyncio.Event()
    watching = asyncio.create_task(hosts[1].attempts.watch(stop))
    held = await _left(hosts[1], wire)
    (before,) = await hosts[1].runtime.store.attempts(run_id=run)
    clock.at += LEASE - 1000
    now = before
    while now.until == before.until:
        await asyncio.sleep(0.01)
        (now,) = await hosts[1].runtime.store.attempts(run_id=run)
    clock.at += 2000
    await hosts[2].attempts.sweep()
    (tmp_path / "slow").unlink()
    await held
    stop.set()
    await watching
    assert (await hosts[0].runtime.show(run)).status == "succeeded"


async def test_who_was_held_up_loses_nothing_by_its_own_sweep(
    hosts: list[Host], wire: Wire, clock: VirtualClock, tmp_path: Path
) -> None:
    (tmp_path / "slow").touch()
    run = await hosts[0].runtime.start(workflow(CHARGE), {})
    held = await _left(hosts[1], wire)
    clock.at += 2 * LEASE
    await hosts[1].attempts.sweep()
    await hosts[2].attempts.sweep()
    (tmp_path / "slow").unlink()
    await held
    assert (await hosts[0].runtime.show(run)).status == "succeeded"


@pytest.mark.parametrize("begun", [False, True])
async def test_a_cancel_stops_what_another_process_makes(
    hosts: list[Host], wire: Wire, begun: bool
) -> None:
    run = await hosts[0].runtime.start(workflow("steps: {a: {uses: forever}}"), {})
    stop = asyncio.Event()
    watching = asyncio.create_task(hosts[1].attempts.watch(stop))
    held = await _left(hosts[1], wire) if begun else None
    await hosts[2].runtime.cancel(run, by="ann")
    await hosts[2].drive()
    if held is not None:
        await held
    await carry_on(wire, *hosts)
    stop.set()
    await watching
    assert (await hosts[0].runtime.show(run)).status == "cancelled"
    assert await hosts[0].runtime.store.attempts(run_id=run) == []


async def test_who_is_told_to_end_gives_back_what_it_has_not_ended(
    hosts: list[Host], wire: Wire, tmp_path: Path
) -> None:
    (tmp_path / "slow").touch()
    text = "steps: {pay: {uses: hold}}"
    run = await hosts[0].runtime.start(workflow(text), {})
    held = await _left(hosts[1], wire)
    await hosts[1].attempts.drain(0.05)
    await held
    assert [*wire.words] == [(run, "pay", 1)]
    await hosts[1].attempts.carry_out(*wire.words[0])
    (tmp_path / "slow").unlink()
    await carry_on(wire, hosts[2])
    assert (await hosts[0].runtime.show(run)).status == "succeeded"


async def test_a_driver_that_slept_enters_nothing_over_what_others_began(
    hosts: list[Host],
    wire: Wire,
    stores: list[SqliteStore],
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "steps: {a: {uses: flaky, with: {times: 2}, retry: {attempts: 2}}}"
    run = await LocalRuntime(world(), stores[0], clock).start(workflow(text), {})
    look, slept = stores[1].attempts, [False]

    async def sleep_once(*, owner: str = "", run_id: str = "") -> list[AttemptLease]:
        found = await look(owner=owner, run_id=run_id)
        if not slept[0]:
            slept[0] = True
            clock.at += DRIVER_LEASE + 1
            await hosts[2].drive()
            await hosts[2].attempts.carry_out(*wire.words.popleft())
            clock.at += 3_600_000
            await hosts[2].drive()
        return found

    monkeypatch.setattr(stores[1], "attempts", sleep_once)
    await hosts[1].drive()
    assert slept[0]
    assert [(each.step, each.attempt) for each in await look(run_id=run)] == [("a", 2)]
    assert [*wire.words] == [(run, "a", 2)]
    await carry_on(wire, *hosts)
    assert (await hosts[0].runtime.show(run)).status == "succeeded"


async def test_a_driver_whose_run_went_on_meanwhile_hands_over_what_is_to_be_done_now(
    hosts: list[Host],
    wire: Wire,
    stores: list[SqliteStore],
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "steps: {a: {approve: {role: manager, timeout: 1h}}, b: {uses: nop}, c: {needs: a.approved, uses: nop}}"
    before = LocalRuntime(world(), stores[0], clock)
    run = await before.start(workflow(text), {})
    look = stores[1].attempts

    async def answered(*, owner: str = "", run_id: str = "") -> list[AttemptLease]:
        found = await look(owner=owner, run_id=run_id)
        if (await before.show(run)).waiting:
            await before.approve(run, "a", by="ann", roles=["manager"])
        return found

    monkeypatch.setattr(stores[1], "attempts", answered)
    await hosts[1].drive()
    assert Counter(wire.words) == Counter([(run, "b", 1), (run, "c", 1)])
    await carry_on(wire, *hosts)
    assert (await hosts[0].runtime.show(run)).status == "succeeded"


async def test_an_attempt_that_was_lost_with_a_driver_is_sent_word_of_at_once(
    hosts: list[Host], wire: Wire, stores: list[SqliteStore], clock: VirtualClock
) -> None:
    text = "steps: {a: {uses: nop}}"
    run = await LocalRuntime(world(), stores[0], clock).start(workflow(text), {})
    await stores[0].take(run, ":1::gone", clock.now(), clock.now() + DRIVER_LEASE)
    clock.at += DRIVER_LEASE + 1
    await hosts[1].drive()
    assert [*wire.words] == [(run, "a", 1)]
    assert AttemptLost in map(type, await stores[0].events(run))


async def test_who_keeps_an_attempt_while_another_sweeps_does_not_lose_it(
    hosts: list[Host],
    wire: Wire,
    stores: list[SqliteStore],
    clock: VirtualClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "slow").touch()
    run = await hosts[0].runtime.start(workflow(CHARGE), {})
    held = await _left(hosts[1], wire)
    look = stores[2].overdue

    async def keep(now: int, limit: int) -> list[AttemptLease]:
        found = await look(now, limit)
        assert found
        await hosts[1].attempts._keep(now)
        return found

    monkeypatch.setattr(stores[2], "overdue", keep)
    clock.at += LEASE
    await hosts[2].attempts.sweep()
    (tmp_path / "slow").unlink()
    await held
    assert (await hosts[0].runtime.show(run)).status == "succeeded"


async def test_attempts_of_a_child_run_begin_with_it(
    hosts: list[Host], wire: Wire, stores: list[SqliteStore], clock: VirtualClock
) -> None:
    run = await hosts[0].runtime.start(
        workflow("steps: {c: {call: child}, d: {needs: c, uses: nop}}"), {}
    )
    await hosts[1].drive()
    (child,) = await stores[0].runs(parent_run=run)
    assert child.carried
    assert [*wire.words] == [(child.run_id, "x", 1)]
    # Only that run has had a driver.
    assert (await stores[0].take(child.run_id, ":1::x", clock.now(), clock.now())).fence == 1
    await stores[0].give_back(":1::x")
    await carry_on(wire, *hosts)
    assert (await hosts[0].runtime.show(run)).status == "succeeded"


async def test_who_has_not_the_step_type_leaves_it_to_others(
    stores: list[SqliteStore], wire: Wire, clock: VirtualClock
) -> None:
    one = Host(stores[0], wire, clock)
    run = await one.runtime.start(workflow("steps: {a: {uses: nop}}"), {})
    lacking = LocalRuntime(world(registry=REGISTRY.__class__()), stores[1], clock, carrier=wire)
    word = wire.words.popleft()
    await AttemptWorker(lacking, wire).carry_out(*word)
    (row,) = await stores[0].attempts(run_id=run)
    assert row.owner == ""
    await one.attempts.carry_out(*word)
    assert (await one.runtime.show(run)).status == "succeeded"


async def test_a_run_says_for_which_step_type_it_waits_that_no_worker_has(
    hosts: list[Host], wire: Wire
) -> None:
    wire.nobody_has = {"nop"}
    text = "steps: {a: {uses: nop}, b: {uses: charge}}"
    run = await hosts[0].runtime.start(workflow(text), {})
    seen = (await inspect(hosts[0].runtime, run)).view()
    assert seen.status == "running"
    assert [(each.path, each.kind, each.what) for each in seen.waiting] == [("a", "worker", "nop")]
    await hosts[1].attempts.carry_out(run, "b", 1)
    assert (await inspect(hosts[0].runtime, run)).view().status == "waiting"
    wire.nobody_has = set()
    assert (await inspect(hosts[0].runtime, run)).view().status == "running"


async def _died_with(host: Host, wire: Wire, run: str, step: str, times: int) -> None:
    """So many processes have died with an attempt."""
    runtime = host.runtime
    live = await open_run(run, runtime.store, runtime.plans, carrier=wire)
    for _ in range(times):
        await live.apply([DriverDied(runtime.clock.now(), frozenset({step}))])


async def test_an_attempt_with_which_processes_died_is_made_in_one_of_its_own(
    hosts: list[Host], wire: Wire, stores: list[SqliteStore], clock: VirtualClock
) -> None:
    made: list[AttemptLease] = []

    async def apart(lease: AttemptLease) -> bool:
        made.append(lease)
        await Host(stores[2], wire, clock).attempts.make(lease)
        return True

    host = Host(stores[1], wire, clock, apart=apart)
    run = await hosts[0].runtime.start(workflow(CHAIN), {})
    await _died_with(host, wire, run, "a", 1)
    await host.attempts.carry_out(*wire.words.popleft())
    assert not made
    await _died_with(host, wire, run, "b", 2)
    await host.attempts.carry_out(run, "b", 1)
    assert [each.step for each in made] == ["b"]
    await carry_on(wire, host)
    view = await hosts[0].runtime.show(run)
    assert (view.status, view.output) == ("succeeded", {"n": 4})


async def test_a_step_with_which_every_process_dies_fails_and_holds_up_no_other_run(
    hosts: list[Host], wire: Wire, stores: list[SqliteStore], clock: VirtualClock
) -> None:
    died = []

    async def apart(lease: AttemptLease) -> bool:
        died.append(lease)
        return True  # it has begun, and has recorded nothing

    host = Host(stores[1], wire, clock, apart=apart)
    run = await hosts[0].runtime.start(workflow("steps: {a: {uses: nop}}"), {})
    await _died_with(host, wire, run, "a", 2)
    other = await hosts[0].runtime.start(workflow(CHAIN), {})
    await carry_on(wire, host)
    view = await hosts[0].runtime.show(run)
    assert view.error is not None
    assert (view.status, view.error.type, len(died)) == ("failed", "process_died", 6)
    assert (await hosts[0].runtime.show(other)).status == "succeeded"


async def test_a_process_that_cannot_begin_leaves_the_attempt_to_others(
    hosts: list[Host], wire: Wire, stores: list[SqliteStore], clock: VirtualClock
) -> None:
    async def apart(lease: AttemptLease) -> bool:
        return not lease

    host = Host(stores[1], wire, clock, apart=apart)
    run = await hosts[0].runtime.start(workflow("steps: {a: {uses: nop}}"), {})
    await _died_with(host, wire, run, "a", 2)
    await host.attempts.carry_out(*wire.words.popleft())
    (line,) = await stores[0].attempts(run_id=run)
    assert line.owner == ""
    assert Counter(map(type, await stores[0].events(run)))[AttemptLost] == 2
    await hosts[2].attempts.carry_out(run, "a", 1)
    assert (await hosts[0].runtime.show(run)).status == "succeeded"


async def test_a_cancel_ends_the_process_of_an_attempt(
    hosts: list[Host], wire: Wire, stores: list[SqliteStore], clock: VirtualClock
) -> None:
    async def apart(lease: AttemptLease) -> bool:
        return await asyncio.Event().wait()

    host = Host(stores[1], wire, clock, apart=apart)
    run = await hosts[0].runtime.start(workflow("steps: {a: {uses: forever}}"), {})
    await _died_with(host, wire, run, "a", 2)
    stop = asyncio.Event()
    watching = asyncio.create_task(host.attempts.watch(stop))
    held = await _left(host, wire)
    await hosts[2].runtime.cancel(run, by="ann")
    await hosts[2].drive()
    await held
    await carry_on(wire, *hosts)
    stop.set()
    await watching
    assert (await hosts[0].runtime.show(run)).status == "cancelled"


async def test_a_run_that_began_without_a_carrier_is_handed_over(
    hosts: list[Host], wire: Wire, stores: list[SqliteStore], clock: VirtualClock
) -> None:
    before = LocalRuntime(world(), stores[0], clock)
    run = await before.start(workflow(CHAIN), {})
    assert not wire.sent
    await carry_on(wire, *hosts[1:])
    assert (await before.show(run)).status == "succeeded"
    assert Counter(wire.sent) == Counter([(run, step, 1) for step in "abc"])


async def test_whoever_runs_a_workflow_has_its_attempts_carried_out(
    stores: list[SqliteStore], wire: Wire
) -> None:
    host = Host(stores[0], wire, SystemClock())
    running = asyncio.create_task(host.runtime.run(workflow(CHAIN), {}, to_the_end=True))
    async with asyncio.timeout(20):
        while not running.done():
            await asyncio.sleep(0.001)
            if wire.words:
                await host.attempts.carry_out(*wire.words.popleft())
    view = await running
    assert (view.status, [step for _, step, _ in wire.sent]) == ("succeeded", ["a", "b", "c"])
