"""Runs carried on by the local runtime: attempts, timers, people, children, other processes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from auterity_sdk.errors import InvalidWorkflow, LeaseLost, RunNotFound, UsageError
from auterity_sdk.runs.commands import AttemptStopped
from auterity_sdk.runs.events import Event, RunEnded
from auterity_sdk.runs.movable import Move
from auterity_sdk.runs.orders import RunAttempt, StopAttempt, outstanding
from auterity_sdk.runtime.lease_holder import LEASE
from auterity_sdk.runtime.live import open_run
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.migrating import Migration
from auterity_sdk.runtime.ports import Incoming
from auterity_sdk.runtime.running import Running
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.steps.step_type import step
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.duration import Duration
from tests.runtime.worlds import REGISTRY, Text, outcomes, workflow, world

SIMPLE = """
input: {n: {type: integer, default: 1}}
steps:
  a: {uses: add, with: {n: "${input.n}"}}
  b: {uses: in_a_thread, with: {n: "${a.n * 10}"}}
  c: {uses: add, with: {n: "${a.n}", to: 5}}
output: {b: "${b.n}", c: "${c.n}"}
"""


async def test_a_run_succeeds(store: MemoryStore | SqliteStore) -> None:
    runtime = LocalRuntime(world(), store)
    view = await runtime.run(workflow(SIMPLE), {"n": 2}, requester="ann")
    assert (view.status, view.output) == ("succeeded", {"b": 30, "c": 8})
    assert outcomes(view) == {"a": "ok", "b": "ok", "c": "ok"}
    assert (await runtime.show(view.run_id)) == view
    assert [run.status for run in await runtime.list_runs()] == ["succeeded"]


async def test_an_input_that_does_not_fit_is_refused() -> None:
    runtime = LocalRuntime(world())
    with pytest.raises(UsageError, match=r"input\.n"):
        await runtime.start(workflow(SIMPLE), {"n": "many"})
    with pytest.raises(UsageError, match=r"input\.m"):
        await runtime.start(workflow(SIMPLE), {"m": 1})
    assert await runtime.list_runs() == []


async def test_a_secret_in_the_input_of_a_child_run_is_refused() -> None:
    text = "steps: {a: {call: child, with: {deep: [{key: '${secrets.K}'}]}}}"
    with pytest.raises(InvalidWorkflow, match=r"steps\.a\.with\.deep\.0\.key"):
        await LocalRuntime(world()).start(workflow(text), {})


async def test_attempts_are_repeated(store: MemoryStore | SqliteStore) -> None:
    clock = VirtualClock()
    runtime = LocalRuntime(world(), store, clock)
    text = "steps: {a: {uses: flaky, with: {times: 3}, retry: {attempts: 3, initial: 20s, jitter: false}}}"
    view = await runtime.run(workflow(text), {})
    assert (view.status, view.steps[0].attempt) == ("succeeded", 3)
    assert view.ended_at is not None
    assert view.ended_at - view.started_at == timedelta(seconds=60)


async def test_an_attempt_may_take_only_so_long() -> None:
    text = "steps: {a: {uses: forever, retry: {attempts: 2, initial: 1ms, timeout: 5ms}}}\nends: {x: a.failed, y: a}"
    view = await LocalRuntime(world()).run(workflow(text), {})
    assert view.steps[0].error is not None
    assert (view.end, view.steps[0].attempt, view.steps[0].error.type) == ("x", 2, "timeout")


async def test_a_step_may_take_only_so_long() -> None:
    text = "steps: {a: {uses: forever, timeout: 20ms}}\nends: {x: a.failed, y: a}"
    view = await LocalRuntime(world()).run(workflow(text), {})
    assert view.steps[0].error is not None
    assert (view.end, view.steps[0].error.type) == ("x", "timeout")


async def test_a_failure_stops_what_runs() -> None:
    text = "steps: {a: {uses: forever}, b: {uses: crash, with: {text: secret-of-a-customer}}}"
    view = await LocalRuntime(world()).run(workflow(text), {})
    assert (view.status, outcomes(view)) == ("failed", {"a": "cancelled", "b": "failed"})
    assert view.error is not None
    assert "KeyError at worlds.py" in view.error.message
    assert "secret-of-a-customer" not in view.error.message


async def test_a_run_that_is_driven_can_be_cancelled(store: MemoryStore | SqliteStore) -> None:
    runtime = LocalRuntime(world(), store)
    for text in (
        "steps: {a: {uses: forever}}",
        "steps: {a: {uses: forever}, b: {uses: forever}}",
        "steps: {a: {uses: forever, timeout: 1h}}",
    ):
        run_id = await runtime.start(workflow(text), {})
        driving = asyncio.create_task(runtime.drive(run_id))
        await asyncio.sleep(0.02)
        assert await runtime.cancel(run_id)
        view = await driving
        assert (view.status, outcomes(view)["a"]) == ("cancelled", "cancelled")
        assert not await runtime.cancel(run_id)


async def test_an_attempt_that_is_stopped_before_it_began_answers() -> None:
    runtime = LocalRuntime(world())
    run_id = await runtime.start(workflow("steps: {a: {uses: forever}}"), {})
    live = await open_run(run_id, runtime.store, runtime.plans)
    told: list[object] = []
    running = Running(
        runtime.world, runtime.clock, lambda _, command: told.append(command), runtime.store
    )
    [order] = outstanding(live.state)
    assert isinstance(order, RunAttempt)
    running.start(live, order)
    running.stop(live, StopAttempt("a", 1))
    await asyncio.sleep(0.01)
    assert [type(command) for command in told] == [AttemptStopped]
    assert running.attempts == {}


async def test_a_thread_that_is_told_to_stop_is_awaited() -> None:
    runtime = LocalRuntime(world())
    run_id = await runtime.start(workflow("steps: {a: {uses: in_a_thread, with: {n: 3}}}"), {})
    driving = asyncio.create_task(runtime.drive(run_id))
    await asyncio.sleep(0)
    assert await runtime.cancel(run_id)
    view = await driving
    assert (view.status, outcomes(view)["a"], view.steps[0].output) == ("cancelled", "ok", {"n": 3})


async def test_a_driver_that_is_cancelled_leaves_the_run_to_another(
    store: MemoryStore | SqliteStore,
) -> None:
    runtime = LocalRuntime(world(), store)
    run_id = await runtime.start(workflow("steps: {a: {uses: forever}}"), {})
    driving = asyncio.create_task(runtime.drive(run_id))
    await asyncio.sleep(0.02)
    driving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await driving
    assert (await runtime.show(run_id)).status == "running"
    again = asyncio.create_task(runtime.drive(run_id))
    await asyncio.sleep(0.02)
    await runtime.cancel(run_id)
    assert (await again).status == "cancelled"


WAITS = """
steps:
  text: {uses: nop}
  reply: {needs: text, receive: {event: sms, match: event.from == '+1', timeout: 2d}}
  ask: {needs: reply.received, approve: {role: manager, title: Sell?, timeout: 1d}}
  sell: {needs: ask.approved, uses: echo, with: {text: "${reply.body}"}}
ends: {sold: sell, silence: reply.timeout, no: {any: [ask.rejected, ask.timeout]}}
output: {text: "${sell.?text.orValue('-')}"}
"""


async def test_people_and_outside_systems_answer(store: MemoryStore | SqliteStore) -> None:
    runtime = LocalRuntime(world(), store)
    view = await runtime.run(workflow(WAITS), {})
    assert (view.status, [(w.path, w.kind, w.what) for w in view.waiting]) == (
        "waiting",
        [("reply", "receive", "sms")],
    )
    assert await runtime.send("sms", {"from": "+2", "body": "who?"}) == (True, None)
    assert await runtime.send("sms", {"from": "+1", "body": "yes"}, id="m1") == (True, view.run_id)
    assert await runtime.send("sms", {"from": "+1", "body": "yes"}, id="m1") == (False, None)
    view = await runtime.drive(view.run_id)
    assert [(w.path, w.kind, w.what, w.title) for w in view.waiting] == [
        ("ask", "approve", "manager", "Sell?")
    ]
    await runtime.approve(view.run_id, "ask", by="bob", roles=["manager"])
    view = await runtime.drive(view.run_id)
    assert (view.end, view.output) == ("sold", {"text": "yes"})


async def test_an_event_that_came_before_its_receive_is_kept_for_it(
    store: MemoryStore | SqliteStore,
) -> None:
    runtime = LocalRuntime(world(), store, VirtualClock())
    run_id = await runtime.start(workflow(WAITS), {})
    assert await runtime.send("sms", {"from": "+1", "body": "first"}) == (True, None)
    await runtime.send("sms", {"from": "+1", "body": "second"})
    view = await runtime.drive(run_id)
    assert [wait.path for wait in view.waiting] == ["ask"]
    assert outcomes(view)["reply"] == "received"
    await runtime.approve(run_id, "ask", by="bob", roles=["manager"])
    assert (await runtime.drive(run_id)).output == {"text": "first"}


async def test_an_event_goes_to_the_run_that_has_waited_longest(
    store: MemoryStore | SqliteStore,
) -> None:
    clock = VirtualClock()
    runtime = LocalRuntime(world(), store, clock)
    waiting = []
    for _ in range(3):
        waiting.append((await runtime.run(workflow(WAITS), {})).run_id)
        clock.advance(timedelta(seconds=1))
    for expected in waiting:
        assert await runtime.send("sms", {"from": "+1", "body": "x"}) == (True, expected)


async def test_long_waits_are_left_and_short_ones_are_waited_for() -> None:
    clock = VirtualClock()
    runtime = LocalRuntime(world(), clock=clock)
    text = "steps: {a: {wait: 30s}, b: {needs: a, wait: 2d}, c: {needs: b, uses: nop}}"
    view = await runtime.run(workflow(text), {})
    assert (outcomes(view)["a"], outcomes(view)["b"]) == ("ok", "waiting")
    assert (await runtime.drive(view.run_id)).status == "waiting"
    clock.advance(timedelta(days=2))
    assert (await runtime.drive(view.run_id)).status == "succeeded"
    view = await runtime.run(workflow(text), {}, to_the_end=True)
    assert view.status == "succeeded"


CHILD = workflow(
    """
    input: {n: integer}
    steps: {a: {uses: add, with: {n: "${input.n}"}}, ask: {needs: a, approve: {role: manager, timeout: 1d}}}
    ends: {yes: ask.approved, no: ask.rejected, late: ask.timeout}
    output: {n: "${a.n}", by: "${run.requester}"}
    """,
    "child",
)
PARENT = """
steps:
  c: {call: child, with: {n: 4}}
  d: {needs: c.yes, uses: add, with: {n: "${c.n}"}}
ends: {yes: d, no: {any: [c.no, c.late]}}
output: {n: "${d.?n.orValue(0)}", by: "${c.?by.orValue('')}"}
"""


async def test_a_call_runs_a_child(store: MemoryStore | SqliteStore) -> None:
    runtime = LocalRuntime(world(registry=REGISTRY.extended(workflows=[CHILD])), store)
    view = await runtime.run(workflow(PARENT), {}, requester="ann")
    child = view.steps[0].child_run
    assert [(w.kind, w.what) for w in view.waiting] == [("call", child)]
    assert await runtime.outermost(child) == view.run_id
    await runtime.approve(child, "ask", by="bob", roles=["manager"])
    view = await runtime.drive(view.run_id)
    assert (view.status, view.output) == ("succeeded", {"n": 6, "by": "ann"})
    assert len(await runtime.list_runs()) == 2


async def test_cancelling_reaches_child_runs(store: MemoryStore | SqliteStore) -> None:
    runtime = LocalRuntime(world(registry=REGISTRY.extended(workflows=[CHILD])), store)
    view = await runtime.run(workflow(PARENT), {})
    await runtime.cancel(view.run_id)
    view = await runtime.drive(view.run_id)
    assert view.status == "cancelled"
    assert {run.status for run in await runtime.list_runs()} == {"cancelled"}


async def test_a_child_that_runs_over_is_cancelled_and_called_again(
    store: MemoryStore | SqliteStore,
) -> None:
    slow = workflow("steps: {w: {wait: 1h}}", "slow")
    text = "steps: {a: {call: slow, retry: {attempts: 2, initial: 1s, timeout: 10m}}}"
    runtime = LocalRuntime(
        world(registry=REGISTRY.extended(workflows=[slow])), store, VirtualClock()
    )
    view = await runtime.run(workflow(text), {}, to_the_end=True)
    assert view.error is not None
    assert (view.status, view.error.type) == ("failed", "timeout")
    assert [run.status for run in await runtime.list_runs()].count("cancelled") == 2


async def test_a_child_that_cannot_start_fails_its_step() -> None:
    view = await LocalRuntime(world()).run(
        workflow(PARENT.replace("call: child", "call: nobody")), {}
    )
    assert view.error is not None
    assert (view.status, "nobody" in view.error.message) == ("failed", True)


async def test_another_process_carries_on(tmp_path: Path) -> None:
    first, second = SqliteStore(tmp_path / "runs.db"), SqliteStore(tmp_path / "runs.db")
    one, two = LocalRuntime(world(), first), LocalRuntime(world(), second)
    run_id = await one.start(workflow(WAITS), {})
    driving = asyncio.create_task(one.drive(run_id, to_the_end=True))
    await asyncio.sleep(0.05)
    with pytest.raises(UsageError, match="carried on by the process"):
        await two.drive(run_id)
    assert (await two.send("sms", {"from": "+1", "body": "hi"}))[1] == run_id
    await two.approve(run_id, "ask", by="bob", roles=["manager"])
    view = await driving
    assert (view.status, view.output) == ("succeeded", {"text": "hi"})
    first.close()
    second.close()


async def test_another_process_cancels_what_runs(tmp_path: Path) -> None:
    first, second = SqliteStore(tmp_path / "runs.db"), SqliteStore(tmp_path / "runs.db")
    one, two = LocalRuntime(world(), first), LocalRuntime(world(), second)
    run_id = await one.start(workflow("steps: {a: {uses: forever}}"), {})
    driving = asyncio.create_task(one.drive(run_id))
    await asyncio.sleep(0.05)
    assert await two.cancel(run_id)
    assert (await driving).status == "cancelled"
    first.close()
    second.close()


async def test_a_run_that_another_process_ends_meanwhile_is_lost_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = SqliteStore(tmp_path / "runs.db"), SqliteStore(tmp_path / "runs.db")
    one, two = LocalRuntime(world(), first), LocalRuntime(world(), second)
    run_id = await one.start(workflow("steps: {a: {receive: {event: sms, timeout: 1h}}}"), {})
    await second.put(Incoming("m1", "sms", {}, two.clock.now()))
    append = first.append

    async def too_late(*given: Any, **named: Any) -> None:
        if (await two.show(run_id)).status != "cancelled":
            await two.cancel(run_id, by="ann")
            await two.drive(run_id)
        await append(*given, **named)

    monkeypatch.setattr(first, "append", too_late)
    seen: list[type[Event]] = []
    view = await one.drive(
        run_id, to_the_end=True, watcher=lambda _, event, __: seen.append(type(event))
    )
    assert view.status == "cancelled"
    assert seen[-1] is RunEnded
    for store in (first, second):
        store.close()


async def test_an_answer_for_a_run_that_was_taken_over_meanwhile_counts(tmp_path: Path) -> None:
    first, second = SqliteStore(tmp_path / "runs.db"), SqliteStore(tmp_path / "runs.db")
    one, two = LocalRuntime(world(), first), LocalRuntime(world(), second)
    text = "steps: {a: {approve: {role: manager, timeout: 1h}}}\nends: {over: {any: [a.approved, a.rejected, a.timeout]}}"
    run_id = await one.start(workflow(text), {})
    driving = asyncio.create_task(one.drive(run_id, to_the_end=True))
    await asyncio.sleep(0.05)
    late = one.clock.now() + 10 * LEASE
    await second.take(run_id, ":1::other", late, late)
    await one.approve(run_id, "a", by="ann", roles=["manager"])
    assert (await two.show(run_id)).status == "succeeded"
    with pytest.raises(LeaseLost):
        await driving
    for store in (first, second):
        store.close()


async def test_a_run_that_is_lost_while_it_is_taken_in_is_lost_once(tmp_path: Path) -> None:
    first, second = SqliteStore(tmp_path / "runs.db"), SqliteStore(tmp_path / "runs.db")
    one, two = LocalRuntime(world(), first), LocalRuntime(world(), second)
    text = "steps: {a: {receive: {event: sms}}, b: {needs: a.received, receive: {event: mail}}}"
    run_id = await one.start(workflow(text), {})
    with one.driver() as driver:
        await driver.take_up(run_id)
        late = one.clock.now() + 10 * LEASE
        await second.take(run_id, ":1::other", late, late)
        assert (await two.send("sms", {}))[1] == run_id
        lost = LeaseLost("it is another's")
        with patch.object(driver._dispatcher, "carry_out", side_effect=lost):
            await driver._others.renew()
        assert not driver.drives(run_id)
    assert [each.state for each in (await two.show(run_id)).steps] == ["received", "waiting"]
    for store in (first, second):
        store.close()


async def test_a_run_is_found_by_the_beginning_of_its_id() -> None:
    runtime = LocalRuntime(world())
    run_id = await runtime.start(workflow(SIMPLE), {}, run_id="abc1")
    await runtime.start(workflow(SIMPLE), {}, run_id="abd2")
    assert await runtime.find("abc") == run_id
    for prefix, said in (("ab", "several"), ("x", "no run")):
        with pytest.raises(UsageError, match=said):
            await runtime.find(prefix)
    with pytest.raises(RunNotFound):
        await runtime.show("x")


def test_a_script_needs_no_event_loop() -> None:
    assert LocalRuntime(world()).run_sync(workflow(SIMPLE), {}).status == "succeeded"


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_secrets_reach_the_step_and_nothing_else(tmp_path: Path) -> None:
    secret = "hunter2-is-my-password"
    text = """
    input: {name: string}
    steps:
      a: {uses: echo, with: {text: "${secrets.TOKEN}"}}
      b: {uses: quote, with: {text: "${secrets.TOKEN}"}, retry: {attempts: 2, initial: 1ms, on: [refused]}}
      c: {needs: a, uses: echo, with: {text: "${input.name}"}}
    ends: {x: b.failed, y: b}
    output: {text: "${a.text}"}
    """
    store = SqliteStore(tmp_path / "runs.db")
    runtime = LocalRuntime(world({"TOKEN": secret}), store)
    seen: list[str] = []
    view = await runtime.run(
        workflow(text),
        {"name": "${secrets.TOKEN}"},
        watcher=lambda run_id, event, state: seen.append(repr(event)),
    )
    assert (view.end, view.steps[1].attempt) == ("x", 2)
    assert outcomes(view)["c"] == "ok"
    assert secret not in repr(view)
    assert secret not in "".join(seen)
    assert "[secret]" in repr(view)
    kept = bytes_in(tmp_path)
    assert secret.encode() not in kept
    assert b"secrets.TOKEN" in kept
    store.close()


async def test_a_missing_secret_is_named() -> None:
    text = 'steps: {a: {uses: echo, with: {text: "${secrets.TOKEN}"}}}'
    view = await LocalRuntime(world()).run(workflow(text), {})
    assert view.error is not None
    assert (view.error.type, "`TOKEN`" in view.error.message) == ("configuration", True)


async def test_a_duration_reaches_a_step_in_either_type() -> None:
    @step
    async def lengths(short: timedelta, long: Duration, none: timedelta | None = None) -> Text:
        return Text(text=f"{short.total_seconds()} {long} {none}")

    text = """
    steps: {a: {uses: lengths, with: {short: "${duration('90m')}", long: "${days(2)}", none: 5s}}}
    output: {text: "${a.text}"}
    """
    made = world(registry=REGISTRY.extended([lengths]))
    view = await LocalRuntime(made).run(workflow(text), {})
    assert view.output == {"text": "5400.0 2d 0:00:05"}


async def test_a_started_run_is_driven_from_where_it_stands() -> None:
    """It is not folded again, unless too many were started since; what was asked of it meanwhile counts."""
    runtime = LocalRuntime(world())
    runs = [await runtime.start(workflow(SIMPLE), {"n": n}) for n in range(70)]
    assert await runtime.cancel(runs[-1])
    read: list[tuple[str, int]] = []
    events = runtime.store.events

    async def told(run_id: str, after: int = 0) -> Any:
        read.append((run_id, after))
        return await events(run_id, after)

    with patch.object(runtime.store, "events", told):
        views = [await runtime.drive(run_id) for run_id in (*runs[:2], *runs[-2:])]
    assert [view.status for view in views] == ["succeeded", "succeeded", "succeeded", "cancelled"]
    assert views[2].output == {"b": 690, "c": 74}
    assert [after > 0 for _, after in read] == [False, False, True, True]


async def test_a_started_run_that_went_over_to_another_version_is_folded_anew() -> None:
    text = """
    steps:
      desk: {approve: {role: manager}}
      tell: {needs: desk.approved, uses: echo, with: {text: "old"}}
    ends: {told: tell, no: desk.rejected}
    output: {said: "${tell.?text.orValue('')}"}
    """
    runtime = LocalRuntime(world())
    run = await runtime.start(workflow(text), {})
    moved = await Migration(runtime, workflow(text.replace("old", "new")), {}).move(run)
    assert moved.move is Move.SAFE
    await runtime.approve(run, "desk", by="ann", roles=["manager"])
    assert (await runtime.drive(run)).output == {"said": "new"}
