"""Budgets that ask a person: what waits, who answers, and what a word is good for."""

from __future__ import annotations

from typing import ClassVar

import pytest

from auterity_sdk.errors import UsageError
from auterity_sdk.runs.evolve import evolve
from auterity_sdk.runs.orders import RunAttempt, outstanding
from auterity_sdk.runs.state import RunState
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare, effect
from tests.runs.by_hand import REGISTRY, ByHand


class Said(Output):
    ok: ClassVar[Outcome] = Outcome()
    over_budget: ClassVar[Outcome] = Outcome(value=False)
    text: str = ""


@step(idempotent=True, declares=declare(effects=[effect("llm")]))
async def think(text: str = "") -> Said:
    return Said.ok(Said(text=text))


@step(idempotent=True, declares=declare(effects=[effect("llm")]))
async def think_hard() -> None:
    return None


ASKING = REGISTRY.extended([think, think_hard])
PAUSE = "{tokens: 100, when_over: pause, role: manager, timeout: 2h}"
ALONE = f"""
steps:
  a: {{uses: think, budget: {PAUSE}, timeout: 1m, retry: {{attempts: 2, on: [network]}}}}
  b: {{needs: a, uses: do}}
  c: {{needs: a.over_budget, uses: do}}
"""
BOTH = f"""
budget: {PAUSE}
steps:
  a: {{uses: think}}
  b: {{uses: think}}
  c: {{needs: {{any: [a.over_budget, b.over_budget]}}, uses: do}}
  d: {{needs: [a, b], uses: think}}
ends: {{well: d, badly: c}}
"""


def granted(run: ByHand) -> dict[str, int]:
    """How much of its own and its workflow's budget each attempt that is ordered may take more than once."""
    attempts = [each for each in outstanding(run.state) if isinstance(each, RunAttempt)]
    return {each.step: sum(each.granted.values()) for each in attempts}


def test_a_step_whose_call_would_pass_its_budget_waits_for_a_word() -> None:
    run = ByHand(ALONE, ASKING)
    assert granted(run) == {"a": 0}
    run.fail("a", "step_budget")
    assert (run.outcome("a"), run.running, run.state.standing) == ("waiting", [], "waiting")
    run.approve("a")
    assert (run.outcome("a"), granted(run)) == ("running", {"a": 1})
    run.fail("a", "step_budget")
    run.approve("a", by="cy")
    assert granted(run) == {"a": 2}
    run.ok("a")
    assert run.running == ["b"]


def test_rejected_it_ends_over_budget() -> None:
    run = ByHand(ALONE, ASKING)
    run.fail("a", "step_budget")
    run.approve("a", approved=False)
    assert (run.outcome("a"), run.running) == ("over_budget", ["c"])


def test_after_its_time_it_ends_over_budget_and_the_steps_own_timeout_stands_still() -> None:
    run = ByHand(ALONE, ASKING)
    run.wait("50s")
    run.fail("a", "step_budget")
    run.wait("1h59m")
    assert run.outcome("a") == "waiting"
    run.approve("a")
    run.wait("9s")
    assert run.outcome("a") == "running"
    run.fail("a", "step_budget")
    run.wait("2h")
    assert run.outcome("a") == "over_budget"


def test_its_own_timeout_goes_on_when_it_goes_on() -> None:
    run = ByHand(ALONE, ASKING)
    run.wait("50s")
    run.fail("a", "step_budget")
    run.wait("1h")
    run.approve("a")
    run.wait("10s")
    assert (run.outcome("a"), run.error("a")) == ("failed", "timeout")


def test_a_type_without_the_outcome_fails() -> None:
    run = ByHand(f"steps: {{a: {{uses: think_hard, budget: {PAUSE}}}}}", ASKING)
    run.fail("a", "step_budget")
    run.approve("a", approved=False)
    assert (run.outcome("a"), run.error("a")) == ("failed", "over_budget")


def test_a_word_on_the_workflows_budget_is_for_all_that_wait_and_for_what_comes() -> None:
    run = ByHand(BOTH, ASKING)
    run.fail("a", "workflow_budget")
    run.fail("b", "workflow_budget")
    run.approve("b")
    assert granted(run) == {"a": 1, "b": 1}
    run.ok("a")
    run.ok("b")
    assert granted(run) == {"d": 1}


def test_a_rejected_step_leaves_the_others_waiting() -> None:
    run = ByHand(BOTH, ASKING)
    run.fail("a", "workflow_budget")
    run.fail("b", "workflow_budget")
    run.approve("b", approved=False)
    assert (run.outcome("a"), run.outcome("b")) == ("waiting", "over_budget")


@pytest.mark.parametrize("how", ["another role", "values", "not held", "too late", "twice"])
def test_who_may_not_answer_changes_nothing(how: str) -> None:
    role = "owner" if how == "another role" else "manager"
    run = ByHand(ALONE.replace("role: manager", f"role: {role}"), ASKING)
    if how != "not held":
        run.fail("a", "step_budget")
    if how == "too late":
        run.wait("3h")
    if how == "twice":
        run.approve("a")
    before = len(run.events)
    with pytest.raises(UsageError):
        run.approve("a", **({"usd": 5} if how == "values" else {}))
    assert len(run.events) == before


def test_without_such_a_budget_the_error_is_one_like_others() -> None:
    run = ByHand(ALONE.replace(f"budget: {PAUSE}, ", ""), ASKING)
    run.fail("a", "step_budget")
    assert run.outcome("a") == "failed"


def test_a_cancelled_run_waits_no_more() -> None:
    run = ByHand(ALONE, ASKING)
    run.fail("a", "step_budget")
    run.cancel()
    assert (run.outcome("a"), run.state.status) == ("cancelled", "cancelled")


def test_a_fork_that_leaves_the_answer_out_goes_on() -> None:
    """The word was said of `b`, which begins again, and `a` that it let go on is kept."""
    run = ByHand(BOTH, ASKING)
    run.fail("a", "workflow_budget")
    run.fail("b", "workflow_budget")
    run.approve("b")
    run.ok("a")
    state = RunState(run.plan)
    for event in run.events:
        if getattr(event, "step", "") != "b":
            evolve(state, event)
    kept = state.run_of("a")
    assert kept is not None
    assert (kept.outcome, kept.held, state.granted) == ("ok", None, {})
