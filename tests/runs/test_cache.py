"""Earlier results in place of attempts: what a step does with one; which there are is the store's."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from auterity_sdk.runs import commands as c
from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runs.events import CacheAsked, StepEnded, StepStarted
from auterity_sdk.runs.orders import LookUp, outstanding
from auterity_sdk.runs.replay import divergence
from auterity_sdk.runs.results import results_to_keep
from auterity_sdk.runtime.view import view
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare, fact
from auterity_sdk.workflow.duration import UNITS
from tests.runs.by_hand import REGISTRY, ByHand

TEXT = """
input: {key: any}
steps:
  a: {uses: do, cache: {key: input.key, age: 1h}, with: {n: 1}}
  b: {needs: a, uses: do, with: {n: "${a.n}"}}
ends: {ok: b, no: a.failed}
output: {n: "${a.n}"}
"""


def begun(text: str = TEXT, key: object = "x", **more: Any) -> ByHand:
    return ByHand(text, key=key, **more)


def found(run: ByHand, outcome: str = "ok", **more: Any) -> CachedResult:
    at = run.at - UNITS["m"]
    given = {"output": {"n": 7}, **more}
    return CachedResult("other", "v", "there[1]/a", at, at + 1, outcome, **given)


def answer(run: ByHand, result: CachedResult | None) -> None:
    run.give(c.CacheAnswered(run.at, "a", result))


def key_of(run: ByHand) -> str:
    return next(event.key for event in run.events if isinstance(event, CacheAsked))


def test_an_earlier_result_ends_the_step_without_an_attempt() -> None:
    run = begun()
    assert outstanding(run.state) == [LookUp("a", key_of(run), UNITS["h"])]
    assert (view(run.state).status, view(run.state).waiting) == ("running", ())
    answer(run, found(run))
    assert not any(isinstance(event, StepStarted) and event.step == "a" for event in run.events)
    [shown, _] = view(run.state).steps
    assert (shown.state, shown.attempt, shown.output) == ("ok", 0, {"n": 7})
    assert shown.origin is not None
    assert (shown.origin.run_id, shown.origin.step) == ("other", "there[1]/a")
    assert results_to_keep(run.state, run.events) == {}
    run.ok("b")
    assert run.state.output == {"n": 7}
    assert divergence(run.plan, run.events) is None


def test_without_one_an_attempt_is_made_and_its_result_kept() -> None:
    run = begun()
    answer(run, None)
    answer(run, found(run))  # it comes too late
    run.ok("a", n=5)
    [(key, kept)] = results_to_keep(run.state, run.events).items()
    assert (key, kept.output, kept.step) == (key_of(run), {"n": 5}, "a")
    assert (kept.at, kept.until) == (run.at, run.at + UNITS["h"])
    assert divergence(run.plan, run.events) is None


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_only_an_outcome_of_the_type_is_kept(how: str) -> None:
    run = begun()
    answer(run, None)
    if how == "failed":
        run.fail("a", "bad_input")
    else:
        run.cancel()
        run.stopped("a")
    assert results_to_keep(run.state, run.events) == {}


def test_who_looks_can_be_cancelled() -> None:
    run = begun()
    run.cancel()
    assert (run.outcome("a"), run.state.status) == ("cancelled", "cancelled")
    answer(run, found(run))
    assert run.outcome("a") == "cancelled"


def test_keys_differ_by_value_and_by_step_type() -> None:
    keys = [
        key_of(begun(TEXT, key="x")),
        key_of(begun(TEXT, key=1)),
        key_of(begun(TEXT.replace("a: {uses: do,", "a: {uses: pick,").replace("n: 1", "n: 2"))),
        key_of(begun(TEXT.replace("name", "other"), key="y")),
    ]
    assert len(set(keys)) == 4
    assert key_of(begun(TEXT.replace("n: 1", "n: 2"))) == keys[0]


def test_a_fresh_run_takes_none_and_keeps_its_own() -> None:
    run = begun(TEXT, fresh=True)
    assert outstanding(run.state) == [LookUp("a", key_of(run), None)]
    answer(run, None)
    run.ok("a", n=5)
    assert len(results_to_keep(run.state, run.events)) == 1
    assert divergence(run.plan, run.events) is None


def test_an_outcome_that_nothing_names_fails_the_step() -> None:
    text = TEXT.replace("a: {uses: do", "a: {uses: pick").replace("needs: a,", "needs: a.left,")
    run = begun(text.replace('"${a.n}"}}', "1}}").replace('"${a.n}"}', "1}"))
    answer(run, found(run, "right"))
    assert (run.error("a"), run.state.end) == ("unhandled_outcome", "no")
    assert divergence(run.plan, run.events) is None


class Looked(Output):
    fine: ClassVar[Outcome] = Outcome()
    off: ClassVar[Outcome] = Outcome()


@step(declares=declare(gives=[fact("seen", lifetime="10m", on="fine")], withdraws=[fact("old")]))
async def look() -> Looked:
    return Looked.fine(Looked())


@step(declares=declare(requires=[fact("seen")]))
async def act() -> None:
    return None


def test_a_fact_is_as_old_as_the_result_that_gave_it() -> None:
    """What expires ten minutes after it was seen expires then, whoever took the result meanwhile."""
    text = """
    steps:
      a: {uses: look, cache: {key: "'k'", age: 1h}}
      p: {needs: [a.fine], wait: 5m}
      b: {needs: p, uses: act}
    ends: {ok: b, off: a.off, no: b.failed}
    """
    registry = REGISTRY.extended([look, act])
    made = ByHand(text, registry)
    answer(made, None)
    made.ok("a", "fine")
    [kept] = results_to_keep(made.state, made.events).values()
    assert [known["fact"] for known in kept.facts] == ["seen"]
    for age, end in (("5m", None), ("5m1s", "no")):
        run = ByHand(text, registry)
        run.wait(age)
        answer(run, kept)
        run.wait("5m")
        assert (run.running, run.state.end or None) == (["b"] if end is None else [], end)
        assert divergence(run.plan, run.events) is None


def test_what_another_run_did_is_not_undone() -> None:
    text = TEXT.replace("a: {uses: do,", "a: {uses: do, compensate: {uses: do},")
    run = begun(text)
    answer(run, found(run))
    run.cancel()
    run.stopped("b")
    assert run.state.status == "cancelled"
    [ended] = [e for e in run.events if isinstance(e, StepEnded) and e.step == "a"]
    assert ended.undo is None


def test_a_lock_is_held_while_a_result_is_looked_for() -> None:
    """So that of several runs one makes the attempt, and the others take its result."""
    run = begun(TEXT.replace("a: {uses: do,", "a: {uses: do, lock: input.key,"))
    assert outstanding(run.state) == []
    run.give(c.LockGranted(run.at, "a"))
    assert [type(order) for order in outstanding(run.state)] == [LookUp]
    answer(run, None)
    run.ok("a", n=5)
    assert divergence(run.plan, run.events) is None
