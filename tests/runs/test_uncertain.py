"""Effects that may have happened, and are not repeated: `uncertain`, and the person who settles it."""

from __future__ import annotations

import pytest

from auterity_sdk.errors import UsageError
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.events import StepSettled, StepUncertain
from auterity_sdk.runs.journal import to_line
from auterity_sdk.runs.replay import divergence
from tests.runs.by_hand import ByHand

ALONE = "steps: {a: {uses: once}, b: {needs: a, uses: do}}"
NAMED = """
steps:
  a: {uses: once, timeout: 1h, retry: {attempts: 3, jitter: false}}
  b: {needs: a, uses: do}
  look: {needs: a.uncertain, uses: do}
ends: {done: b, looked: look}
"""
READ = """
steps:
  a: {uses: once}
  b: {when: "outcome.a == 'uncertain'", uses: do}
"""
BOUND = (
    "steps: {a: {uses: once, timeout: 1h, retry: {attempts: 3}}, b: {needs: a.failed, uses: do}}"
)


def test_a_lost_attempt_is_made_again_where_it_may() -> None:
    for text in ("do", "once, with: {text: again}"):
        run = ByHand(f"steps: {{a: {{uses: {text}}}}}")
        run.die()
        assert (run.outcome("a"), run.running) == ("running", ["a"])


@pytest.mark.parametrize("arguments", ["", ", with: {text: other}", ", with: {n: 1}"])
def test_a_lost_attempt_that_may_not_be_made_again_waits_for_a_person(arguments: str) -> None:
    run = ByHand(f"steps: {{a: {{uses: once{arguments}}}, b: {{needs: a, uses: do}}}}")
    run.die()
    assert (run.outcome("a"), run.error("a"), run.running) == ("uncertain", "effect_unknown", [])
    assert run.state.standing == "uncertain"
    assert run.ok("a", n=1) == [], "an answer that comes late counts no more"
    run.settle("a", "ok", n=7)
    assert (run.outcome("a"), run.running) == ("ok", ["b"])
    assert run.state.run_of("a").output == {"n": 7}  # type: ignore[union-attr]
    said = next(event for event in run.events if isinstance(event, StepSettled))
    assert (said.by, said.reason, said.outcome) == ("ann", "looked", "ok")


def test_a_named_uncertain_step_ends_so_and_the_graph_goes_on() -> None:
    for text, follower in ((NAMED, "look"), (READ, "b")):
        run = ByHand(text)
        run.die()
        assert (run.outcome("a"), run.error("a")) == ("uncertain", "effect_unknown")
        assert run.running == [follower]
    run.ok("b")
    assert run.state.status == "succeeded"


def test_done_alone_names_no_uncertain_end() -> None:
    run = ByHand("steps: {a: {uses: once}, b: {needs: a.done, uses: do}}")
    run.die()
    assert (run.outcome("a"), run.running) == ("uncertain", [])
    assert run.state.standing == "uncertain"
    run.settle("a", "failed")
    assert run.running == ["b"]


def test_a_step_that_ended_uncertain_meets_done() -> None:
    run = ByHand(
        "steps: {a: {uses: once}, b: {needs: a.done, uses: do}, c: {needs: a.uncertain, uses: do}}"
    )
    run.die()
    assert run.running == ["b", "c"]


def test_settled_as_failed_it_is_handled_as_a_failure() -> None:
    run = ByHand("steps: {a: {uses: once}, b: {needs: a.failed, uses: do}}")
    run.die()
    run.settle("a", "failed")
    assert (run.outcome("a"), run.error("a"), run.running) == ("failed", "settled", ["b"])
    alone = ByHand(ALONE)
    alone.die()
    alone.settle("a", "failed")
    assert alone.state.status == "failed"


def test_settled_as_retry_it_is_tried_again() -> None:
    run = ByHand(ALONE)
    run.die()
    run.settle("a", "retry")
    assert (run.outcome("a"), run.running) == ("running", ["a"])
    assert run.state.run_of("a").attempt == 2  # type: ignore[union-attr]
    assert run.give(c.AttemptSucceeded(run.at, "a", 1, "ok", {"n": 1})) == []
    run.ok("a", n=2)
    assert run.running == ["b"]


def test_what_is_said_of_one_attempt_says_nothing_of_a_later_one() -> None:
    run = ByHand(ALONE)
    run.die()
    run.settle("a", "retry", attempt=1)
    run.die()
    with pytest.raises(
        UsageError, match="attempt 1 of `a` has been settled: 2 is in doubt"
    ) as told:
        run.settle("a", "retry", attempt=1)
    assert told.value.help is not None
    assert "--attempt 2" in told.value.help
    assert (run.outcome("a"), run.running) == ("uncertain", [])
    run.settle("a", "ok", attempt=2, n=1)
    said = [event.attempt for event in run.events if isinstance(event, StepSettled)]
    assert (said, run.running) == ([1, 2], ["b"])
    assert divergence(run.plan, run.events) is None


def test_a_journal_that_names_no_settled_attempt_is_decided_again_as_it_stands() -> None:
    run = ByHand(ALONE)
    run.die()
    run.settle("a", "retry")
    assert "attempt" not in to_line(next(e for e in run.events if isinstance(e, StepSettled)))
    assert divergence(run.plan, run.events) is None


def test_what_cannot_be_settled_is_refused() -> None:
    run = ByHand(NAMED)
    for step, outcome, said in (
        ("a", "ok", "it is running"),
        ("b", "ok", "it has not begun"),
        ("x", "ok", "has no step"),
    ):
        with pytest.raises(UsageError, match=said):
            run.settle(step, outcome)
    run.die()
    with pytest.raises(UsageError, match="it has ended in `uncertain`"):
        run.settle("a", "ok")
    alone = ByHand(ALONE)
    alone.die()
    for outcome in ("uncertain", "cancelled", "skipped", "left"):
        with pytest.raises(UsageError, match=f"cannot be settled as `{outcome}`"):
            alone.settle("a", outcome)


@pytest.mark.parametrize("error", ["timeout", "heartbeat", "effect_unknown"])
def test_an_error_that_leaves_the_effect_open_is_the_same_case(error: str) -> None:
    run = ByHand(NAMED)
    run.fail("a", error)
    assert (run.outcome("a"), run.error("a")) == ("uncertain", error)
    again = ByHand(
        "steps: {a: {uses: once, with: {text: again}, retry: {on: [timeout, heartbeat, effect_unknown]}}}"
    )
    again.fail("a", error)
    assert again.outcome("a") == "paused"


def test_a_recorded_error_is_no_doubt() -> None:
    run = ByHand(NAMED)
    run.fail("a", "network")
    assert run.outcome("a") == "paused"
    run.die()
    assert run.outcome("a") == "paused", "between two attempts nothing is lost"


def test_the_timeout_goes_on_counting_while_a_step_is_uncertain() -> None:
    run = ByHand(BOUND)
    run.wait("10m")
    run.die()
    assert run.outcome("a") == "uncertain"
    run.wait("50m")
    assert (run.outcome("a"), run.error("a"), run.running) == ("failed", "effect_unknown", ["b"])


def test_a_step_that_runs_over_is_uncertain_where_that_is_named() -> None:
    named = ByHand(NAMED)
    named.wait("1h")
    assert (named.outcome("a"), named.error("a")) == ("uncertain", "timeout")
    bound = ByHand(BOUND)
    bound.wait("1h")
    assert (bound.outcome("a"), bound.error("a")) == ("failed", "timeout")
    paused = ByHand(NAMED.replace("attempts: 3", "attempts: 3, initial: 2h, max: 2h"))
    paused.fail("a")
    paused.wait("1h")
    assert (paused.outcome("a"), paused.error("a")) == ("failed", "timeout")


def test_an_uncertain_step_of_a_cancelled_run_is_cancelled_with_its_doubt() -> None:
    run = ByHand("steps: {a: {uses: once, compensate: {uses: do}}, b: {uses: do}}")
    run.die()
    run.cancel()
    assert (run.outcome("a"), run.error("a")) == ("cancelled", "effect_unknown")
    run.stopped("b")
    assert run.state.status == "cancelled"
    assert run.state.not_undone == []


def test_a_settled_step_is_compensated_as_any_other() -> None:
    run = ByHand("steps: {a: {uses: once, compensate: {uses: do}}, b: {needs: a, uses: do}}")
    run.die()
    run.settle("a", "ok")
    run.fail("b", "bad_input")
    assert run.running == ["a/compensate"]


def test_a_lost_compensation_that_may_not_be_made_again_is_unknown() -> None:
    text = """
    steps:
      a: {uses: do, compensate: {uses: do}}
      b: {needs: a, uses: do, compensate: {uses: once, retry: {attempts: 3}}}
      c: {needs: b, uses: do}
    """
    for bring in (ByHand.die, lambda run: run.fail("b/compensate", "timeout")):
        run = ByHand(text)
        run.ok("a")
        run.ok("b")
        run.fail("c", "bad_input")
        bring(run)
        assert run.running == ["a/compensate"], "it does not stop the rest"
        run.ok("a/compensate")
        assert [(step, error.type) for step, error in run.state.not_undone] == [
            ("b", "effect_unknown")
        ]
        assert run.state.error is not None
        assert "b" in run.state.error.message


def test_steps_inside_bodies_are_settled_by_their_path() -> None:
    run = ByHand(
        """
        steps:
          each: {for_each: {in: "[1, 2, 3]", steps: {a: {uses: once}}, output: {n: "${a.n}"}}}
        """
    )
    run.ok("each[1]/a", n=5)
    run.die()
    assert [e.step for e in run.events if isinstance(e, StepUncertain)] == [
        "each[0]/a",
        "each[2]/a",
    ]
    run.settle("each[2]/a", "ok", n=6)
    run.settle("each[0]/a", "ok", n=4)
    assert run.state.run_of("each").output["results"] == [{"n": 4}, {"n": 5}, {"n": 6}]  # type: ignore[union-attr]


def test_a_journal_with_doubts_is_decided_again_as_it_stands() -> None:
    runs = [ByHand(text) for text in (ALONE, NAMED, READ, BOUND)]
    for run in runs:
        run.die()
    runs[0].settle("a", "retry")
    runs[0].fail("a", "heartbeat")
    runs[0].settle("a", "ok", n=1)
    runs[3].settle("a", "failed")
    over = ByHand(NAMED)
    over.wait("1h")
    for run in (*runs, over):
        assert divergence(run.plan, run.events) is None
