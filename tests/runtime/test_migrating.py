"""Runs that wait go over to another version of their workflow where that is safe; else the reason is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.errors import UsageError, VersionConflict
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.movable import Move
from auterity_sdk.runtime.inspection import inspect
from auterity_sdk.runtime.live import open_run
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.migrating import Migration
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from tests.runtime.worlds import outcomes, workflow, world

TEXT = """
input: {n: {type: integer, default: 1}}
steps:
  a: {uses: add, with: {n: "${input.n}"}}
  pick:
    needs: a
    switch: {low: a.n < 10, high: else}
  desk: {needs: pick.low, approve: {role: manager, timeout: 1d}}
  tell: {needs: desk.approved, uses: echo, with: {text: "old"}}
  big: {needs: pick.high, uses: nop}
ends: {told: tell, big: big, no: {any: [desk.rejected, desk.timeout]}}
output: {said: "${tell.?text.orValue('')}"}
"""


@pytest.fixture(params=["memory", "sqlite"])
def runtime(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "memory":
        yield LocalRuntime(world(), MemoryStore())
        return
    store = SqliteStore(tmp_path / "runs.db")
    yield LocalRuntime(world(), store)
    store.close()


async def waiting(runtime: LocalRuntime, text: str = TEXT, **input: Any) -> str:
    view = await runtime.run(workflow(text), input)
    assert view.status == "waiting", view.error
    return view.run_id


async def ended(runtime: LocalRuntime, run_id: str, step: str = "desk") -> Any:
    await runtime.approve(run_id, step, by="ann", roles=["manager"])
    return await runtime.drive(run_id)


async def judged(runtime: LocalRuntime, run_id: str, text: str, **names: str) -> tuple[str, str]:
    """The verdict, which holds for the move itself as well."""
    migration = Migration(runtime, workflow(text), names)
    found = await migration.verdict(run_id)
    before = await runtime.store.events(run_id)
    moved = await migration.move(run_id)
    assert moved == found
    after = await runtime.store.events(run_id)
    assert (len(after) > len(before)) is (found.move is Move.SAFE)
    return found.move.value, found.reason


async def test_a_waiting_run_goes_on_by_the_new_version(runtime: LocalRuntime) -> None:
    run_id = await waiting(runtime)
    new = TEXT.replace('text: "old"', 'text: "new"').replace(
        "uses: add", "when: input.n < 5, uses: add"
    )
    assert await judged(runtime, run_id, new) == ("safe", "")
    view = await ended(runtime, run_id)
    assert (view.status, view.end, view.output) == ("succeeded", "told", {"said": "new"})
    summary = await runtime.store.run(run_id)
    assert summary is not None
    assert summary.version == view.version == (await runtime.plans.of(workflow(new))).version


async def test_a_step_that_is_new_begins_and_a_worker_finds_it(runtime: LocalRuntime) -> None:
    run_id = await waiting(runtime)
    new = TEXT.replace(
        "  big:", "  also: {needs: a, uses: echo, with: {text: more}}\n  big:"
    ).replace("{said:", '{more: "${also.text}", said:')
    assert await judged(runtime, run_id, new) == ("safe", "")
    assert await runtime.store.due(runtime.clock.now(), 10) == [run_id]
    view = await ended(runtime, run_id)
    assert view.output == {"more": "more", "said": "old"}


async def test_a_renamed_step_is_found_and_another_one_is_named(runtime: LocalRuntime) -> None:
    run_id = await waiting(runtime)
    new = TEXT.replace("desk", "office")
    assert await judged(runtime, run_id, new) == ("safe", "")
    assert outcomes(await runtime.show(run_id))["office"] == "waiting"
    assert (await ended(runtime, run_id, "office")).end == "told"
    run_id = await waiting(runtime)
    changed = (
        TEXT.replace("a.n", "first.n")
        .replace("needs: a\n", "needs: first\n")
        .replace(
            '  a: {uses: add, with: {n: "${input.n}"}}',
            '  first: {uses: add, with: {n: "${input.n}", to: 2}}',
        )
    )
    move, reason = await judged(runtime, run_id, changed)
    assert (move, reason) == ("stay", "`a` has begun, and the new version has no such step")
    assert await judged(runtime, run_id, changed, a="first") == ("safe", "")
    assert (await ended(runtime, run_id)).end == "told"
    with pytest.raises(UsageError, match="no step `nope`"):
        await Migration(runtime, workflow(changed), {"a": "nope"}).verdict(await waiting(runtime))


REASONS = {
    "`desk` has not ended, and is changed": TEXT.replace("timeout: 1d", "timeout: 2d"),
    "`a` has begun, and is another kind of step": TEXT.replace("uses: add", "uses: in_a_thread"),
    "`pick` ended in `low`, which the new version does not know": TEXT.replace(
        "low:", "little:"
    ).replace("pick.low", "pick.little"),
    "`desk` has begun, and waits in the new version for what has not ended": TEXT.replace(
        "needs: pick.low, approve", "needs: [pick.low, later], approve"
    ).replace("  big:", "  later: {needs: a, wait: 3d}\n  big:"),
    "`big` could not be reached, and would be by the new version": TEXT.replace(
        "needs: pick.high", "needs: a"
    ),
    "its input does not fit: `input.n` must be string": TEXT.replace(
        "{type: integer, default: 1}", "{type: string, default: x}"
    ).replace('"${input.n}"', "1"),
    "it would fail at once: expression at `check`": TEXT.replace(
        "  big:", "  check: {needs: a, when: 1 / (a.n - a.n) == 1, uses: nop}\n  big:"
    ),
}


@pytest.mark.parametrize("reason", REASONS)
async def test_a_run_that_must_stay_says_why(runtime: LocalRuntime, reason: str) -> None:
    run_id = await waiting(runtime)
    assert await judged(runtime, run_id, REASONS[reason]) == ("stay", reason)
    assert (await ended(runtime, run_id)).output == {"said": "old"}


async def test_runs_are_listed_by_their_workflow_and_version(runtime: LocalRuntime) -> None:
    first = await waiting(runtime)
    await runtime.run(workflow("steps: {w: {wait: 2d}}", "other"), {})
    over = await waiting(runtime)
    await ended(runtime, over)
    new = workflow(TEXT.replace('"old"', '"new"'))
    newer = await runtime.run(new, {})
    found = await Migration(runtime, new).runs()
    assert [(each.run.run_id, each.verdict.move) for each in found] == [(first, Move.SAFE)]
    assert (
        await Migration(runtime, new).verdict(newer.run_id)
    ).reason == "it goes by this version already"
    assert (
        "is a run of the workflow"
        in (await Migration(runtime, workflow(TEXT, "another")).verdict(first)).reason
    )


async def test_what_runs_is_blocked_and_who_carries_it_on_is_told(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    runtime = LocalRuntime(world(), store)
    started = await runtime.start(
        workflow("steps: {f: {uses: forever}, g: {needs: f, uses: nop}}"), {}
    )
    new = "steps: {f: {uses: forever}, g: {needs: f, uses: add}}"
    move, reason = await judged(runtime, started, new)
    assert (move, reason) == ("blocked", "an attempt of `f` runs, or is to be run again")
    run_id = await waiting(runtime)
    now = runtime.clock.now()
    await store.take(run_id, f"{(await _holder(store, started, now)).owner}", now, now + 60_000)
    found = await Migration(runtime, workflow(TEXT.replace('"old"', '"new"'))).move(run_id)
    assert found.move is Move.BLOCKED
    assert "carried on by" in found.reason
    store.close()


async def _holder(store: SqliteStore, run_id: str, now: int) -> Any:
    from auterity_sdk.runtime.owner import this_owner

    return await store.take(run_id, this_owner(), now, now + 1)


async def test_before_the_move_a_run_is_replayed_by_the_version_that_it_had(
    runtime: LocalRuntime,
) -> None:
    run_id = await waiting(runtime)
    length = len(await runtime.store.events(run_id))
    await judged(runtime, run_id, TEXT.replace("desk", "office").replace('"old"', '"new"'))
    await ended(runtime, run_id, "office")
    found = await inspect(runtime, run_id)
    assert found.divergence() is None
    assert "desk" in outcomes(found.view(length))
    assert "office" in outcomes(found.view(length + 1))
    assert found.view().output == {"said": "new"}


async def test_who_opened_the_run_before_the_move_does_not_go_on_with_it(
    runtime: LocalRuntime,
) -> None:
    run_id = await waiting(runtime)
    stale = await open_run(run_id, runtime.store, runtime.plans)
    await judged(runtime, run_id, TEXT.replace("desk", "office"))
    with pytest.raises(VersionConflict, match="goes by another version now"):
        await stale.apply([c.Cancel(runtime.clock.now())])
    with pytest.raises(VersionConflict, match="goes by another version now"):
        await (await _stale(runtime, run_id)).catch_up()


async def _stale(runtime: LocalRuntime, run_id: str) -> Any:
    live = await open_run(run_id, runtime.store, runtime.plans)
    await Migration(runtime, workflow(TEXT)).move(run_id)
    return live


async def test_what_a_moved_run_kept_is_undone_and_forked(runtime: LocalRuntime) -> None:
    text = """
    steps:
      a: {uses: add, compensate: {uses: nop}}
      w: {needs: a, receive: {event: go, timeout: 1d}}
      b: {needs: w.received, uses: quote, with: {text: x}}
    ends: {ok: b, late: w.timeout}
    """
    run_id = await waiting(runtime, text)
    gone = text.replace(", compensate: {uses: nop}", "")
    _, reason = await judged(runtime, run_id, gone)
    assert reason == "`a` can be undone, and by the new version in another way or not at all"
    assert await judged(runtime, run_id, text.replace("text: x", "text: y")) == ("safe", "")
    await runtime.send("go", {})
    view = await runtime.drive(run_id)
    assert (view.status, view.steps[0].compensation) == ("failed", "done")


async def test_a_run_that_went_over_releases_the_key_with_which_it_was_started(
    runtime: LocalRuntime,
) -> None:
    limited = TEXT.replace("steps:", "concurrency: {key: \"'k'\"}\nsteps:", 1)
    first, second = await waiting(runtime, limited), await waiting(runtime, limited)
    assert [each.kind for each in (await runtime.show(second)).waiting] == ["turn"]
    assert await judged(runtime, first, TEXT) == ("safe", "")
    assert (await ended(runtime, first)).status == "succeeded"
    assert [each.kind for each in (await runtime.drive(second)).waiting] == ["approve"]


async def test_a_run_that_waits_for_its_turn_is_blocked(runtime: LocalRuntime) -> None:
    text = "concurrency: {key: \"'all'\", limit: 1, when_full: queue}\n" + TEXT.lstrip()
    await runtime.run(workflow(text), {})
    queued = await runtime.run(workflow(text), {})
    new = text.replace('text: "old"', 'text: "new"')
    assert await judged(runtime, queued.run_id, new) == (
        "blocked",
        "it waits for its turn to begin",
    )
