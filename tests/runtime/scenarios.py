"""Runs of every kind, as they are recorded in `tests/histories`: each ends with all that its name says in its journal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from auterity_sdk.ai.offline import OfflineModel
from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.runs import commands as c
from auterity_sdk.runtime.forking import fork_run
from auterity_sdk.runtime.live import open_run
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.migrating import Migration
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.ports import Store
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.cases.play import Suite
from auterity_sdk.testing.rehearsal_connections import RehearsalConnections
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.model import Workflow
from tests.runtime.worlds import REGISTRY, STEPS, workflow, world

ROOT = Path(__file__).parents[2]
Recorded = tuple[Store, tuple[str, ...]]
"""A store, and the runs of it that a history keeps."""

SCENARIOS: dict[str, Callable[[], Awaitable[Recorded]]] = {}


def scenario(function: Callable[[], Awaitable[Recorded]]) -> Callable[[], Awaitable[Recorded]]:
    """Keep a scenario under the name of its function."""
    SCENARIOS[function.__name__.replace("_", "-")] = function
    return function


def runtime(*children: Workflow) -> LocalRuntime:
    """A runtime in memory whose time moves by itself where nothing else is left to happen."""
    here = world(registry=REGISTRY.extended(workflows=children))
    return LocalRuntime(here, MemoryStore(), VirtualClock())


async def run_in_time(text: str) -> Recorded:
    """One run, to its end, whose attempts take their time: a second goes by again and again."""
    here = runtime()
    clock = here.clock
    assert isinstance(clock, VirtualClock)
    clock.moves = False
    await here.start(workflow(text), {}, run_id="r")
    driving = asyncio.create_task(here.drive("r", to_the_end=True))
    while not driving.done():
        await asyncio.sleep(0.005)
        clock.advance(timedelta(seconds=1))
    await driving
    return here.store, ("r",)


async def work_to_the_end(here: LocalRuntime) -> None:
    """A worker carries all on, and time goes on to whatever is due next."""
    clock = here.clock
    assert isinstance(clock, VirtualClock)
    clock.moves = False
    await Worker(here).work_off()
    while (due := await here.store.next_due(clock.at)) is not None:
        clock.at = due
        await Worker(here).work_off()


async def run_of(text: str) -> Recorded:
    """One run, to its end."""
    here = runtime()
    await here.start(workflow(text), {}, requester="jo", run_id="r")
    await here.drive("r", to_the_end=True)
    return here.store, ("r",)


@scenario
async def retries() -> Recorded:
    return await run_in_time("""
steps:
  a: {uses: flaky, with: {times: 3}, retry: {attempts: 4, initial: 1s}}
  b: {needs: a, uses: flaky, with: {times: 9}, retry: {attempts: 2}}
  slow: {needs: b.failed, uses: forever, retry: {attempts: 2, timeout: 10s, initial: 1s}}
ends: {gave_up: slow.failed, never: [b, slow]}
""")


@scenario
async def compensation() -> Recorded:
    return await run_of("""
steps:
  a: {uses: echo, with: {text: book}, compensate: {uses: echo, with: {text: "undo ${a.text}"}}}
  b: {needs: a, uses: add, compensate: {uses: flaky, with: {times: 2}, retry: {attempts: 3, initial: 1s}}}
  c: {needs: b, uses: quote, with: {text: x}}
""")


@scenario
async def child_run() -> Recorded:
    child = workflow(
        "input: {n: integer}\nsteps:\n  a: {uses: add, with: {n: '${input.n}'}}\n  ask: {needs: a, wait: 1h}\n"
        "output: {n: '${a.n}'}\n",
        "child",
    )
    here = runtime(child)
    text = "steps:\n  a: {call: child, with: {n: 4}}\noutput: {n: '${a.n}'}\n"
    await here.start(workflow(text), {}, run_id="r")
    await here.drive("r", to_the_end=True)
    children = await here.store.runs(parent_run="r")
    return here.store, ("r", *(each.run_id for each in children))


@scenario
async def child_run_over_its_time() -> Recorded:
    here = runtime(workflow("steps: {a: {wait: 1h}}", "slow"))
    text = "steps: {a: {call: slow, retry: {attempts: 2, initial: 5m, max: 5m, timeout: 10m}}}\nends: {no: a.failed, yes: a}"
    await here.start(workflow(text), {}, run_id="r")
    await work_to_the_end(here)
    children = await here.store.runs(parent_run="r")
    return here.store, ("r", *sorted(each.run_id for each in children))


@scenario
async def for_each() -> Recorded:
    return await run_of("""
steps:
  some:
    for_each:
      in: "[1, 2, 3, 4]"
      max_parallel: 2
      until_failures: 3
      steps: {f: {uses: flaky, with: {times: "${item}"}, retry: {attempts: 2, initial: 1s}}}
      output: {n: "${f.n}"}
  first:
    needs: some
    for_each: {in: "[1, 2, 3]", first: 1, where: e.text == 'b', steps: {e: {uses: echo, with: {text: b}}}}
  none: {needs: first, for_each: {in: "[]", steps: {e: {uses: nop}}}}
ends: {done: none, out: first.exhausted}
output: {results: "${some.results}", failures: "${size(some.failures)}"}
""")


@scenario
async def repeat() -> Recorded:
    return await run_of("""
steps:
  days:
    repeat: {until: e.n >= 3, max: 5, every: 1d, steps: {e: {uses: add, with: {n: "${index}"}}}, output: {n: "${e.n}"}}
output: {last: "${days.last.n}", rounds: "${days.rounds}"}
""")


@scenario
async def joins() -> Recorded:
    return await run_of("""
steps:
  a: {uses: nop}
  pick: {needs: a, switch: {left: "1 > 2", right: else}}
  never: {needs: pick.left, uses: nop}
  right: {needs: pick.right, uses: nop}
  slow: {needs: a, wait: 2h}
  quick: {needs: a, uses: echo, with: {text: quick}}
  raced: {needs: {first: [slow, quick], cancel_rest: true}, uses: nop}
  off: {needs: a, when: "1 > 2", uses: nop}
  two: {needs: {at_least: 2, of: [quick, raced, slow]}, uses: nop}
  long: {needs: a, wait: 9d}
ends:
  soon: {first: [two], cancel_rest: true}
  never: [never, long]
""")


@scenario
async def approvals() -> Recorded:
    here = runtime()
    clock = here.clock
    assert isinstance(clock, VirtualClock)
    clock.moves = False
    await here.start(
        workflow("""
steps:
  ask:
    approve:
      role: clerk
      quorum: 2
      title: "Pay?"
      form: {note: string, amount: integer}
      edit: {amount: 100}
      exclude: requester
      remind: {every: 1h}
      escalate: {after: 3h, role: manager}
      timeout: 2d
  late: {needs: ask.approved, approve: {role: clerk, timeout: 1h, default: rejected}}
ends: {paid: late.approved, no: {any: [ask.rejected, ask.timeout, late.rejected]}}
output: {amount: "${ask.?amount.orValue(0)}"}
"""),
        {},
        requester="jo",
        run_id="r",
    )
    for hours in (0, 1, 1, 1, 1):
        clock.at += hours * 3_600_000
        await here.drive("r")
    for by, amount in (("ann", 120), ("bob", 120), ("cid", 120)):
        form = {"note": "fine", "amount": amount}
        if (await here.show("r")).waiting[0].path == "ask":
            await here.approve("r", "ask", by=by, roles=["manager"], form=form)
            await here.drive("r")
    clock.at += 3_600_000
    await here.drive("r")
    return here.store, ("r",)


@scenario
async def locks() -> Recorded:
    here = runtime()
    text = "steps:\n  a: {uses: add, lock: \"'car'\"}\n  b: {needs: a, wait: 1h}\n  c: {needs: b, uses: add, lock: \"'car'\"}\n"
    for run_id in ("r1", "r2"):
        await here.start(workflow(text), {}, run_id=run_id)
    await work_to_the_end(here)
    return here.store, ("r1", "r2")


@scenario
async def concurrency() -> Recorded:
    here = runtime()
    text = "concurrency: {key: \"'one'\"}\nidempotency_key: run.id\nsteps:\n  a: {wait: 1h}\n  b: {needs: a, uses: nop}\n"
    for run_id in ("r1", "r2"):
        await here.start(workflow(text), {}, run_id=run_id)
    await work_to_the_end(here)
    return here.store, ("r1", "r2")


@scenario
async def cached_and_queued() -> Recorded:
    here = runtime()
    text = """
steps:
  a: {uses: add, with: {n: 1}, cache: {key: "'one'", age: 1d}, queue: one}
  b: {needs: a, uses: add, with: {n: 1}, cache: {key: "'one'", age: 1d}, queue: one}
output: {n: "${a.n + b.n}"}
"""
    for run_id in ("r1", "r2"):
        await here.start(workflow(text), {}, run_id=run_id)
    await work_to_the_end(here)
    return here.store, ("r1", "r2")


@scenario
async def outside_events() -> Recorded:
    here = runtime()
    text = """
steps:
  first: {receive: {event: sms, match: event.n == 1, timeout: 1d}}
  second: {needs: first.received, receive: {event: sms, timeout: 1d}}
ends: {both: second.received, not: {any: [first.timeout, second.timeout]}}
output: {n: "${first.?n.orValue(0)}"}
"""
    await here.start(workflow(text), {}, run_id="r")
    await here.start(workflow(text), {}, run_id="silent")
    for number in (2, 1):
        await here.send("sms", {"n": number}, id=f"e{number}")
    await work_to_the_end(here)
    return here.store, ("r", "silent")


@scenario
async def cancelled() -> Recorded:
    here = runtime()
    text = """
steps:
  a: {uses: add, compensate: {uses: echo, with: {text: undo}}}
  b: {needs: a, uses: forever}
  c: {needs: a, wait: 1h}
"""
    await here.start(workflow(text), {}, run_id="r")
    with here.driver() as driver:
        live = await driver.take_up("r")
        while "b" not in live.state.active:
            await driver.turn()
            await asyncio.sleep(0)
        await here.cancel("r", by="ann")
        while not live.state.over:
            await driver.turn()
            await asyncio.sleep(0)
        await driver.close()
    return here.store, ("r",)


@scenario
async def timed_out() -> Recorded:
    return await run_in_time("""
timeout: 20s
steps:
  a: {uses: forever, timeout: 5s}
  b: {needs: a.failed, wait: 3h}
""")


@scenario
async def lost_attempt() -> Recorded:
    here = runtime()
    await here.start(workflow("steps: {a: {uses: add}, b: {needs: a, uses: nop}}"), {}, run_id="r")
    live = await open_run("r", here.store, here.plans)
    await live.apply([c.DriverDied(here.clock.now())])
    await here.drive("r", to_the_end=True)
    return here.store, ("r",)


@scenario
async def uncertain() -> Recorded:
    """A process dies in an attempt that may not be made again; a person settles it."""
    here = runtime()
    text = (
        "steps:\n  pay: {uses: charge}\n  after: {needs: pay, uses: nop}\noutput: {n: '${pay.n}'}\n"
    )
    await here.start(workflow(text), {}, run_id="r")
    live = await open_run("r", here.store, here.plans)
    await live.apply([c.DriverDied(here.clock.now())])
    await here.settle("r", "pay", "ok", output={"n": 4}, by="ann", reason="on the statement")
    await here.drive("r", to_the_end=True)
    return here.store, ("r",)


@scenario
async def pausing_budget() -> Recorded:
    """A person grants a budget once more, and then does not."""
    offline = RehearsalConnections(MemoryConnections(), lambda _: OfflineModel())
    registry = builtin_registry().extended(STEPS)
    asking = replace(world(registry=registry), connections=offline)
    here = LocalRuntime(asking, MemoryStore(), VirtualClock())
    paused = "{tokens: 700, when_over: pause, role: manager, timeout: 1d}"
    text = f"""
budget: {paused}
steps:
  a: {{uses: ai.classify, with: {{text: "What is your best price?", labels: [price, service]}}}}
  b: {{needs: a, uses: ai.classify, with: {{text: "It rattles.", labels: [price, service]}}}}
  c: {{needs: b.over_budget, uses: nop}}
ends: {{never: b, over: c}}
"""
    await here.start(workflow(text), {}, run_id="r")
    await here.drive("r")
    await here.approve("r", "a", by="bob", roles=["manager"])
    await here.drive("r")
    await here.approve("r", "b", by="bob", roles=["manager"], approved=False)
    await here.drive("r", to_the_end=True)
    return here.store, ("r",)


_OLD = """
steps:
  a: {uses: add}
  desk: {needs: a, approve: {role: manager, timeout: 1d}}
  tell: {needs: desk.approved, uses: echo, with: {text: old}}
ends: {told: tell, no: {any: [desk.rejected, desk.timeout]}}
"""


@scenario
async def settled_attempt() -> Recorded:
    """The same attempt is said to be tried again twice, and the next one is settled by its number."""
    here = runtime()
    await here.start(workflow("steps: {pay: {uses: charge}}"), {}, run_id="r")
    live = await open_run("r", here.store, here.plans)
    await live.apply([c.DriverDied(here.clock.now())])
    await here.settle("r", "pay", "retry", by="ann", attempt=1)
    live = await open_run("r", here.store, here.plans)
    await live.apply([c.DriverDied(here.clock.now())])
    await here.settle("r", "pay", "ok", output={"n": 4}, by="ann", attempt=2)
    await here.drive("r", to_the_end=True)
    return here.store, ("r",)


@scenario
async def more_items() -> Recorded:
    """An item adds another one."""
    here = runtime()
    text = """
    steps:
      each:
        for_each:
          in: "[1]"
          max: 3
          more: "a.n < 4 ? [a.n] : []"
          steps: {a: {uses: add, with: {n: "${item}"}}}
          output: {n: "${a.n}"}
    output: {n: "${each.results.map(each, each.n)}"}
    """
    await here.start(workflow(text), {}, run_id="r")
    view = await here.drive("r", to_the_end=True)
    assert view.output == {"n": [2, 3, 4]}
    return here.store, ("r",)


@scenario
async def migrated() -> Recorded:
    here = runtime()
    await here.start(workflow(_OLD), {}, run_id="r")
    await here.drive("r")
    await Migration(here, workflow(_OLD.replace("text: old", "text: new")), by="ann").move("r")
    await here.approve("r", "desk", by="bob", roles=["manager"])
    await here.drive("r", to_the_end=True)
    return here.store, ("r",)


@scenario
async def forked() -> Recorded:
    here = runtime()
    await here.start(workflow(_OLD), {}, run_id="r")
    await here.drive("r")
    await here.approve("r", "desk", by="bob", roles=["manager"])
    await here.drive("r", to_the_end=True)
    made = await fork_run(here, "r", "tell", workflow(_OLD.replace("text: old", "text: new")))
    await here.drive(made.run_id, to_the_end=True)
    return here.store, (made.run_id,)


@scenario
async def watched() -> Recorded:
    here = runtime()
    text = """
steps:
  a: {wait: 1h}
  b: {needs: a, uses: nop}
  c: {needs: b, receive: {event: go, timeout: 3h}}
ends: {done: c.received, late: c.timeout}
guarantees: [b within 2h of start, "one of [c.received, c.timeout] within 2h of b"]
"""
    await here.start(workflow(text), {}, run_id="r")
    await work_to_the_end(here)
    return here.store, ("r",)


def shipped(name: str) -> Recorded:
    """A run of a workflow that comes with Auterity: of its test cases the one with the longest journal."""
    suite = Suite.load(ROOT / "workflows" / f"{name}.test.yaml")
    played = [found.rehearsal for found in map(suite.play, suite.names) if found.rehearsal]
    longest = max(played, key=lambda rehearsal: len(rehearsal.journal()))
    return longest.stage.store, tuple(longest.stage.store.run_ids())
