"""A new run that keeps what another one did before a step."""

from __future__ import annotations

from pathlib import Path

import pytest

from auterity_sdk.errors import UsageError, VersionConflict
from auterity_sdk.runs.events import RunForked, RunStarted, StepStarted
from auterity_sdk.runs.replay import divergence
from auterity_sdk.runtime.forking import fork_run
from auterity_sdk.runtime.local import LocalRuntime
from tests.runtime.worlds import EFFECTS, outcomes, workflow, world

TEXT = """
input: {n: {type: integer, default: 1}}
steps:
  a: {uses: effect, with: {name: a}}
  both:
    needs: a
    for_each: {in: "['x', 'yy']", steps: {e: {uses: effect, with: {name: "${item}"}}}, output: {n: "${e.n}"}}
  side: {needs: a, uses: effect, with: {name: side}}
  pick:
    needs: {first: [both, side]}
    switch: {one: a.n == 1, other: else}
  b: {needs: pick.one, uses: add, with: {n: "${both.results[1].n}", to: "${input.n}"}}
  never: {needs: pick.other, uses: nop}
  c: {needs: b, uses: quote, with: {text: "n is ${b.n}"}}
output: {n: "${b.n}"}
guarantees: [c within 1h of start, both/e.ok within 1h of start, b.ok within 1h of pick.one]
"""
MENDED = TEXT.replace("uses: quote", "uses: echo")


@pytest.fixture(autouse=True)
def marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "effects"
    folder.mkdir()
    monkeypatch.setenv(EFFECTS, str(folder))
    return folder


def names(folder: Path) -> list[str]:
    return sorted(mark.name for mark in folder.iterdir())


async def failed(runtime: LocalRuntime) -> str:
    view = await runtime.run(workflow(TEXT), {"n": 5}, to_the_end=True)
    assert view.status == "failed"
    return view.run_id


async def test_what_is_done_before_the_step_is_kept_and_the_rest_runs(marks: Path) -> None:
    runtime = LocalRuntime(world())
    old = await failed(runtime)
    effects = names(marks)
    forked = await fork_run(runtime, old, "c", workflow(MENDED), by="ann")
    assert set(forked.kept) == {"a", "both", "side", "pick", "b"}
    assert forked.again == ("c",)
    view = await runtime.drive(forked.run_id, to_the_end=True)
    assert (view.status, view.output) == ("succeeded", {"n": 7})
    assert outcomes(view)["never"] == "not reached"
    assert names(marks) == effects


async def test_an_id_is_forked_once(marks: Path) -> None:
    runtime = LocalRuntime(world())
    old = await failed(runtime)
    made = await fork_run(runtime, old, "b", fresh="by-key")
    with pytest.raises(VersionConflict):
        await fork_run(runtime, old, "b", fresh="by-key")
    assert made.run_id == "by-key"
    assert {each.run_id for each in await runtime.store.runs()} == {old, "by-key"}


async def test_the_journal_names_the_run_and_the_step(marks: Path) -> None:
    runtime = LocalRuntime(world())
    old = await failed(runtime)
    length = len(await runtime.store.events(old))
    forked = await fork_run(runtime, old, "b", by="ann")
    events = await runtime.store.events(forked.run_id)
    [border] = [event for event in events if isinstance(event, RunForked)]
    assert (border.run, border.step, border.events, border.by) == (old, "b", length, "ann")
    begun = [event.step for event in events if isinstance(event, StepStarted)]
    assert begun.index("b") == len(begun) - 1
    at = events.index(border)
    assert all(event.at <= border.at for event in events[:at])
    # What was kept is as old as it is; the run itself is as young as the fork.
    assert isinstance(events[0], RunStarted)
    first = (await runtime.store.events(old))[0]
    assert events[0].at == first.at
    summary = await runtime.store.run(forked.run_id)
    assert summary is not None
    assert summary.started_at == border.at


async def test_a_fork_is_decided_again_as_it_was(marks: Path) -> None:
    runtime = LocalRuntime(world())
    forked = await fork_run(runtime, await failed(runtime), "pick")
    await runtime.drive(forked.run_id, to_the_end=True)
    events = await runtime.store.events(forked.run_id)
    summary = await runtime.store.run(forked.run_id)
    assert summary is not None
    plan = await runtime.plans.of_version(summary.version)
    assert divergence(plan, events) is None


async def test_what_the_new_version_changes_runs_again_with_all_behind_it(marks: Path) -> None:
    runtime = LocalRuntime(world())
    old = await failed(runtime)
    changed = MENDED.replace(
        "{needs: a, uses: effect, with: {name: side}}", "{needs: a, uses: nop}"
    )
    forked = await fork_run(runtime, old, "c", workflow(changed))
    assert set(forked.kept) == {"a", "both"}
    view = await runtime.drive(forked.run_id, to_the_end=True)
    assert view.status == "succeeded"


async def test_what_was_undone_runs_again(marks: Path) -> None:
    text = """
    steps:
      a: {uses: effect, with: {name: a}, compensate: {uses: nop}}
      b: {needs: a, uses: quote, with: {text: x}}
    """
    runtime = LocalRuntime(world())
    view = await runtime.run(workflow(text), {}, to_the_end=True)
    assert view.steps[0].compensation == "done"
    forked = await fork_run(runtime, view.run_id, "b")
    assert (forked.kept, forked.again) == ((), ("a", "b"))
    again = await runtime.drive(forked.run_id, to_the_end=True)
    assert again.steps[0].compensation == "done"
    assert len(names(marks)) == 2


async def test_a_run_that_is_not_over_and_a_step_that_is_not_there_are_refused(marks: Path) -> None:
    runtime = LocalRuntime(world())
    waits = await runtime.run(workflow("steps: {w: {wait: 2d}}"), {})
    with pytest.raises(UsageError, match="is not over"):
        await fork_run(runtime, waits.run_id, "w")
    old = await failed(runtime)
    with pytest.raises(UsageError, match="has no step `nope`"):
        await fork_run(runtime, old, "nope")
    with pytest.raises(UsageError, match="with its loop"):
        await fork_run(runtime, old, "both/e")
    wrong = MENDED.replace("type: integer, default: 1", "type: string, default: ''")
    with pytest.raises(UsageError, match="input"):
        await fork_run(runtime, old, "c", workflow(wrong))


async def test_a_lock_that_the_new_run_needs_is_asked_for_and_released(marks: Path) -> None:
    text = """
    steps:
      a: {uses: effect, with: {name: a}, lock: "'k'"}
      b: {needs: a, uses: add, lock: "'k'"}
      c: {needs: b, uses: quote, with: {text: x}}
    """
    runtime = LocalRuntime(world())
    view = await runtime.run(workflow(text), {}, to_the_end=True)
    forked = await fork_run(runtime, view.run_id, "b")
    assert forked.kept == ("a",)
    again = await runtime.drive(forked.run_id, to_the_end=True)
    assert outcomes(again) == {"a": "ok", "b": "ok", "c": "failed"}
    events = await runtime.store.events(forked.run_id)
    assert divergence((await runtime.plans.of_version(view.version)), events) is None
    # Nothing is held any more: a third run has its turn at once.
    third = await runtime.run(workflow(text), {}, to_the_end=True)
    assert third.status == "failed"
