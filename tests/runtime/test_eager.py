"""Attempts begin without a task: to them all is as in a task of their own, and to everybody else too."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

import pytest

from auterity_sdk.runs.events import RunStarted
from auterity_sdk.runs.journal import to_line
from auterity_sdk.runs.straight import straight
from auterity_sdk.runtime import live, row
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.driver import Driver
from auterity_sdk.runtime.drivers import Drivers
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.steps.step_type import StepType, step
from auterity_sdk.testing.virtual_clock import VirtualClock
from tests.runtime.worlds import REGISTRY, Number, workflow, world

TOLD: list[Any] = []
MINE: ContextVar[str] = ContextVar("MINE", default="nobody's")


@pytest.fixture(autouse=True)
def _nothing_told() -> None:
    TOLD.clear()


def runtime(*steps: StepType[..., Any], store: Any = None) -> LocalRuntime:
    return LocalRuntime(world(registry=REGISTRY.extended(steps)), store or MemoryStore())


async def run_of(*steps: StepType[..., Any], text: str = "steps: {a: {uses: it}}") -> Any:
    return await runtime(*steps).run(workflow(text), {})


async def test_the_task_is_the_same_before_and_after_the_first_wait() -> None:
    @step
    async def it() -> None:
        TOLD.append(asyncio.current_task())
        await asyncio.sleep(0)
        TOLD.append(asyncio.current_task())
        await asyncio.sleep(0.001)
        TOLD.append(asyncio.current_task())

    assert (await run_of(it)).status == "succeeded"
    assert TOLD[0] is TOLD[1] is TOLD[2]
    assert TOLD[0] is not asyncio.current_task()


async def test_what_a_step_sets_in_its_context_is_its_own() -> None:
    @step
    async def it() -> None:
        TOLD.append(MINE.get())
        token = MINE.set("a step's")
        TOLD.append(MINE.get())
        if len(TOLD) > 3:
            await asyncio.sleep(0)
        TOLD.append(MINE.get())
        MINE.reset(token)  # which Python refuses in another context

    text = "steps: {a: {uses: it}, b: {needs: a, uses: it}, c: {needs: b, uses: it}}"
    assert (await run_of(it, text=text)).status == "succeeded"
    assert TOLD == ["nobody's", "a step's", "a step's"] * 3
    assert MINE.get() == "nobody's"


@pytest.mark.parametrize("length", [0, 0.001])
async def test_a_time_limit_that_a_step_sets_itself_ends_its_wait(length: float) -> None:
    @step
    async def it() -> Number:
        try:
            async with asyncio.timeout(length):
                await asyncio.Event().wait()
        except TimeoutError:
            return Number(n=1)
        return Number(n=2)

    view = await run_of(it)
    assert (view.status, view.steps[0].output) == ("succeeded", {"n": 1})


async def test_a_task_group_that_a_step_opens_before_it_waits() -> None:
    @step
    async def it() -> Number:
        async with asyncio.TaskGroup() as group:
            made = [group.create_task(asyncio.sleep(0.001, number)) for number in range(3)]
        return Number(n=sum(each.result() for each in made))

    assert (await run_of(it)).steps[0].output == {"n": 3}


async def test_a_step_that_cancels_its_own_task_is_stopped_where_it_waits() -> None:
    @step
    async def it() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        try:
            await asyncio.sleep(10)
        finally:
            TOLD.append("stopped")

    view = await run_of(it)
    assert (view.steps[0].state, TOLD) == ("cancelled", ["stopped"])


async def test_a_step_that_cancels_its_own_task_and_ends_has_ended() -> None:
    @step
    async def it() -> Number:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        return Number(n=1)

    text = "steps: {a: {uses: it}, b: {needs: a, uses: nop}, c: {needs: b, uses: it}}"
    assert (await run_of(it, text=text)).status == "succeeded"


async def test_what_a_stopped_step_waits_for_is_stopped_with_it() -> None:
    """Even where it is told to stop before its task has gone on, as by a step that began with it."""

    @step
    async def it() -> None:
        async def inside() -> None:
            try:
                await asyncio.sleep(10)
            finally:
                TOLD.append("inside")

        await asyncio.create_task(inside())

    @step
    async def bad() -> None:
        raise KeyError

    view = await run_of(it, bad, text="steps: {a: {uses: it}, b: {uses: bad}}")
    assert [each.state for each in view.steps] == ["cancelled", "failed"]
    await asyncio.sleep(0)
    assert TOLD in ([], ["inside"])  # a task that never began runs none of its code
    assert len(asyncio.all_tasks()) == 1


async def test_a_step_that_cancels_its_run_before_it_waits() -> None:
    there: dict[str, LocalRuntime] = {}

    @step
    async def it() -> None:
        [run] = await there["here"].list_runs()
        TOLD.append(await there["here"].cancel(run.run_id))
        await asyncio.sleep(10)

    there["here"] = runtime(it)
    view = await there["here"].run(workflow("steps: {a: {uses: it}}"), {})
    assert (view.status, view.steps[0].state, TOLD) == ("cancelled", "cancelled", [True])


async def test_a_step_that_cancels_its_run_and_ends_counts() -> None:
    there: dict[str, LocalRuntime] = {}

    @step
    async def it() -> None:
        [run] = await there["here"].list_runs()
        await there["here"].cancel(run.run_id)

    there["here"] = runtime(it)
    view = await there["here"].run(workflow("steps: {a: {uses: it}, b: {needs: a, uses: nop}}"), {})
    assert (view.status, [each.state for each in view.steps][:1]) == ("cancelled", ["ok"])


async def test_a_step_that_raises_a_cancellation_of_its_own_is_stopped() -> None:
    @step
    async def it() -> None:
        raise asyncio.CancelledError

    assert (await run_of(it)).steps[0].state == "cancelled"


async def test_a_step_that_is_stopped_in_the_transition_that_began_it_never_began() -> None:
    """One attempt ends well and another one fails at the same time: nobody waits for what nobody runs."""

    @step
    async def bad() -> None:
        raise KeyError

    clock = VirtualClock()
    here = LocalRuntime(world(registry=REGISTRY.extended([bad])), MemoryStore(), clock)
    begun = clock.at
    text = "steps: {a: {uses: nop}, b: {needs: a, uses: nop}, c: {uses: bad}}"
    view = await here.run(workflow(text), {})
    assert [(each.state, each.error is None) for each in view.steps] == [
        ("ok", True),
        ("cancelled", True),
        ("failed", False),
    ]
    assert clock.at == begun


ENDLESS = "steps: {l: {repeat: {until: 1 > 2, max: 1000000, steps: {a: {uses: nop}, b: {needs: a, uses: nop}}}}}\n"


async def test_steps_that_never_wait_hold_up_no_timer(tmp_path: Any) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    for each in (MemoryStore(), store):
        view = await runtime(store=each).run(workflow("timeout: 50ms\n" + ENDLESS), {})
        assert view.status == "failed"
        assert view.error is not None
        assert view.error.type == "timeout"
    store.close()


async def test_steps_that_never_wait_hold_up_nobody_else() -> None:
    here = runtime()
    run = await here.start(workflow(ENDLESS), {})
    driving = asyncio.create_task(here.drive(run))
    await asyncio.sleep(0.01)
    assert await here.cancel(run)
    assert (await driving).status == "cancelled"


class Jumping(SystemClock):
    """May jump back, by milliseconds."""

    back = 0

    def now(self) -> int:
        return super().now() - self.back


async def test_a_clock_that_jumps_back_holds_up_nobody() -> None:
    clock = Jumping()
    here = LocalRuntime(world(registry=REGISTRY), MemoryStore(), clock)
    run = await here.start(workflow(ENDLESS.replace("1000000", "50000")), {})
    driving = asyncio.create_task(here.drive(run))
    await asyncio.sleep(0.01)
    clock.back = 24 * 3600 * 1000
    await asyncio.sleep(0.01)
    assert await here.cancel(run)
    assert (await driving).status == "cancelled"


async def test_another_process_is_heard_while_steps_never_wait(tmp_path: Any) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    here = runtime(store=store)
    run = await here.start(workflow(ENDLESS), {})
    driving = asyncio.create_task(here.drive(run))
    await asyncio.sleep(0.01)
    other = SqliteStore(store.file)
    assert await runtime(store=other).cancel(run)
    assert (await driving).status == "cancelled"
    other.close()
    store.close()


async def test_what_another_process_did_right_after_the_start_counts_before_a_step(
    tmp_path: Any,
) -> None:
    @step
    async def it() -> None:
        TOLD.append("begun")

    async def cancelled(run_id: str) -> None:
        other = SqliteStore(store.file)
        assert await runtime(store=other).cancel(run_id)
        other.close()

    def cancels(run_id: str, event: Any, _: Any) -> None:
        if isinstance(event, RunStarted):
            with ThreadPoolExecutor() as elsewhere:
                elsewhere.submit(asyncio.run, cancelled(run_id)).result()

    store = SqliteStore(tmp_path / "runs.db")
    here = runtime(it, store=store)
    here.observers = (cancels,)
    assert (await here.run(workflow("steps: {a: {uses: it}}"), {})).status == "cancelled"
    assert not TOLD
    store.close()


MIXED = """
steps:
  a: {uses: nop}
  b: {needs: a, uses: add, with: {n: 1}, timeout: 1h}
  c: {needs: b, uses: add, with: {n: "${b.n}"}, retry: {attempts: 2, timeout: 5s}}
  d: {needs: c, uses: in_a_thread, with: {n: "${c.n}"}}
  e: {needs: d, for_each: {in: "[1, 2, 3]", steps: {f: {uses: nop}, g: {needs: f, uses: add}}}}
  h: {needs: e, wait: 2d}
  i: {needs: h, uses: nop}
  j: {needs: [i, c], uses: add, with: {n: "${c.n / (c.n - 3)}"}}
ends: {over: j, bad: j.failed}
"""


async def journal(text: str) -> list[str]:
    here = LocalRuntime(world(), MemoryStore(), VirtualClock())
    view = await here.run(workflow(text), {}, to_the_end=True)
    found = await here.store.events(view.run_id)
    return [to_line(event).replace(view.run_id, "r") for event in found]


async def test_a_run_in_a_row_leaves_the_journal_of_the_general_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = await journal(MIXED)
    for where, name in ((row, "straight"), (live, "straight"), (live, "straight_start")):
        monkeypatch.setattr(where, name, lambda *_: None)
    turns: list[int] = []
    turn, here = Driver.turn, asyncio.get_running_loop()

    async def counted(driver: Driver) -> bool:
        # Servers of other tests drive runs in threads of their own.
        if asyncio.get_running_loop() is here:
            turns.append(1)
        return await turn(driver)

    monkeypatch.setattr(Driver, "turn", counted)
    assert await journal(MIXED) == short
    generally = len(turns)
    monkeypatch.setattr(row, "straight", straight)
    turns.clear()
    await journal(MIXED)
    assert len(turns) < generally


async def test_what_is_cancelled_after_its_step_does_not_go_on_in_a_row() -> None:
    here = runtime(store=MemoryStore())
    run = await here.start(
        workflow("steps: {a: {uses: nop}, b: {needs: a, uses: nop}, c: {needs: b, uses: nop}}"), {}
    )
    assert await here.cancel(run, after_step=True)
    view = await here.drive(run)
    assert [each.state for each in view.steps] == ["ok", "not reached", "not reached"]
    assert view.status == "cancelled"


async def test_a_run_that_is_cancelled_before_it_has_its_turn_takes_no_step() -> None:
    @step
    async def it() -> None:
        TOLD.append("made")

    here = runtime(it, store=MemoryStore())
    async with here._drivers.alone:
        running = asyncio.create_task(here.run(workflow("steps: {a: {uses: it}}"), {}))
        await asyncio.sleep(0)
        (begun,) = await here.list_runs()
        assert await here.cancel(begun.run_id)
    view = await running
    assert (view.status, TOLD) == ("cancelled", [])


async def test_a_driver_is_used_again_for_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    here = LocalRuntime(world(), MemoryStore(), VirtualClock())
    made: list[Driver] = []
    make = Drivers.make

    def counted(drivers: Drivers, *given: Any) -> Driver:
        driver = make(drivers, *given)
        if drivers is here._drivers:  # servers of other tests make theirs in threads of their own
            made.append(driver)
        return driver

    monkeypatch.setattr(Drivers, "make", counted)
    plain, waits = workflow("steps: {a: {uses: nop}}"), workflow("steps: {w: {wait: 1d}}")
    assert [(await here.run(plain, {})).status for _ in range(3)] == ["succeeded"] * 3
    assert len(made) == 1
    seen: list[str] = []
    here.observers = (lambda _, event, __: seen.append(type(event).__name__),)
    assert (await here.run(plain, {})).status == "succeeded"
    assert seen == ["RunStarted", "StepStarted", "StepEnded", "RunEnded"]
    told: list[str] = []
    view = await here.run(plain, {}, watcher=lambda _, event, __: told.append(type(event).__name__))
    assert (view.status, told) == ("succeeded", ["StepEnded", "RunEnded"])
    assert len(made) == 1
    assert (await here.run(plain, {})).status == "succeeded"
    assert len(told) == 2
    # One that had to do with waits is not: something may be left in it.
    assert (await here.run(waits, {})).status == "waiting"
    await asyncio.gather(here.run(plain, {}), here.run(plain, {}))
    assert len(made) > 1
    assert here._drivers.in_use == []


def test_no_driver_is_taken_to_another_loop() -> None:
    here = LocalRuntime(world(), MemoryStore())
    text = "steps: {a: {uses: nop}, b: {needs: a, wait: 1s}, c: {needs: b, uses: nop}}"
    for _ in range(2):
        assert here.run_sync(workflow("steps: {a: {uses: nop}}"), {}).status == "succeeded"
        run = here.run(workflow(text), {}, to_the_end=True)
        assert asyncio.run(run).status == "succeeded"


async def test_an_event_finds_what_began_to_listen_behind_a_step_in_a_row() -> None:
    text = """
    input: {who: string}
    steps:
      a: {uses: nop}
      b: {needs: a, uses: nop}
      c: {needs: b, receive: {event: said, match: event.by == input.who}}
    ends: {over: c.received}
    """
    here = LocalRuntime(world(), MemoryStore(), VirtualClock())
    view = await here.run(workflow(text), {"who": "ann"})
    assert view.status == "waiting"
    assert await here.send("said", {"by": "bob"}) == (True, None)
    assert await here.send("said", {"by": "ann"}) == (True, view.run_id)
    assert (await here.drive(view.run_id)).status == "succeeded"


async def test_a_run_right_after_another_begins_in_the_same_task() -> None:
    @step
    async def it() -> None:
        TOLD.append(asyncio.current_task())

    one = runtime(it)
    for _ in range(3):
        assert (await one.run(workflow("steps: {a: {uses: it}}"), {})).status == "succeeded"
    assert len(set(TOLD)) == 1
    assert not TOLD[0].done()
    await asyncio.sleep(0)
    assert TOLD[0].done()
    await one.run(workflow("steps: {a: {uses: it}}"), {})
    assert len(set(TOLD)) == 2


async def test_what_waits_in_a_task_that_was_handed_on_is_carried_on_there() -> None:
    @step
    async def it() -> None:
        TOLD.append(asyncio.current_task())
        if len(TOLD) > 1:
            await asyncio.sleep(0)
            TOLD.append(asyncio.current_task())

    one = runtime(it)
    for _ in range(2):
        assert (await one.run(workflow("steps: {a: {uses: it}}"), {})).status == "succeeded"
    assert len(TOLD) == 3
    assert len(set(TOLD)) == 1


async def test_a_step_is_not_stopped_by_what_one_before_it_asked_of_its_own_task() -> None:
    @step
    async def cancels() -> None:
        task = asyncio.current_task()
        TOLD.append(task)
        if task is not None and len(TOLD) == 2:
            task.cancel()

    @step
    async def waits() -> Number:
        TOLD.append(asyncio.current_task())
        await asyncio.sleep(0)
        return Number(n=1)

    one = runtime(cancels, waits)
    text = "steps: {a: {uses: cancels}, b: {needs: a, uses: waits}}"
    await one.run(workflow("steps: {a: {uses: cancels}}"), {})
    assert (await one.run(workflow(text), {})).status == "succeeded"
    assert TOLD[0] is TOLD[1] is not TOLD[2]


def test_the_task_of_a_loop_that_is_over_is_of_no_use_to_the_next_one() -> None:
    @step
    async def it() -> None:
        TOLD.append(asyncio.current_task())

    one = runtime(it)
    for _ in range(2):
        assert one.run_sync(workflow("steps: {a: {uses: it}}"), {}).status == "succeeded"
    assert len(set(TOLD)) == 2


def test_a_loop_that_is_closed_right_after_a_run_destroys_no_task_that_waits() -> None:
    said: list[Any] = []
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _, context: said.append(context))

    @step
    async def it() -> None:
        TOLD.append(asyncio.current_task())

    loop.run_until_complete(runtime(it).run(workflow("steps: {a: {uses: it}}"), {}))
    loop.close()
    assert TOLD[0].done()
    TOLD.clear()
    gc.collect()
    assert not said
