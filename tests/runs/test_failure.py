"""Failure, cancellation and compensation, and ends."""

from __future__ import annotations

import pytest

from auterity_sdk.runs import commands as c
from auterity_sdk.runs.events import CompensationStarted, JoinMet
from tests.runs.by_hand import ByHand

PARALLEL = """
steps:
  a: {uses: do}
  b: {uses: do}
  w: {wait: 1h}
  r: {receive: {event: x, timeout: 1h}}
  later: {needs: b, uses: do}
  timed_out: {needs: r.timeout, uses: do}
  got: {needs: r.received, uses: do}
"""


def test_an_unhandled_failure_ends_the_run_once_all_has_stopped() -> None:
    run = ByHand(PARALLEL)
    run.fail("a", "bad_input")
    assert run.state.status == "failing"
    assert (run.outcome("w"), run.outcome("r")) == ("cancelled", "cancelled")
    assert (run.outcome("b"), run.outcome("later")) == ("stopping", "not reached")
    run.ok("b", n=1)
    assert (run.outcome("b"), run.state.status) == ("ok", "failed")
    assert run.state.error is not None
    assert (run.state.error.type, run.state.error.step) == ("bad_input", "a")


def test_an_attempt_that_does_not_stop_is_given_up() -> None:
    run = ByHand(PARALLEL)
    run.fail("a", "bad_input")
    run.wait("30s")
    assert (run.outcome("b"), run.error("b")) == ("cancelled", "effect_unknown")
    assert run.state.status == "failed"


def test_a_failure_that_an_edge_names_is_handled() -> None:
    run = ByHand("steps: {a: {uses: do}, b: {needs: a.failed, uses: do}}\nends: {b: b, a: a}")
    run.fail("a", "bad_input")
    run.ok("b")
    assert (run.state.status, run.state.end) == ("succeeded", "b")


def test_an_outcome_that_nothing_names_is_a_failure() -> None:
    run = ByHand("steps: {a: {uses: pick}, b: {needs: a.left, uses: do}}")
    run.ok("a", "right")
    assert (run.outcome("a"), run.error("a")) == ("failed", "unhandled_outcome")
    assert run.state.status == "failed"
    named = ByHand(
        """
        steps:
          a: {uses: pick}
          b: {needs: a.left, uses: do}
          c: {when: "outcome.a == 'right'", uses: do}
        """
    )
    named.ok("a", "right")
    assert (named.outcome("a"), named.outcome("c")) == ("right", "running")


def test_no_end_met_is_a_failure() -> None:
    run = ByHand(
        "steps: {a: {uses: pick}, b: {needs: a.left, uses: do}}\nends: {b: b, c: [a.right, b]}"
    )
    run.ok("a", "right")
    assert run.state.error is not None
    assert (run.state.status, run.state.error.type) == ("failed", "no_end")


def test_ends_are_read_in_order() -> None:
    text = "steps: {{a: {{uses: do}}}}\nends: {{{0}}}"
    for order, end in (("x: a, y: a.done", "x"), ("y: a.done, x: a", "y")):
        run = ByHand(text.format(order))
        run.ok("a")
        assert run.state.end == end


def test_a_graph_that_fails_meets_no_other_join() -> None:
    """What runs then is awaited, and undone: no join that would cancel it counts any more."""
    run = ByHand(
        """
        steps:
          a: {uses: do}
          b: {uses: do}
          c: {needs: {one: [a.done, b.ok]}, uses: do, compensate: {uses: do}}
          d: {needs: {first: [c.done, b.ok], cancel_rest: true}, uses: do}
        """
    )
    run.ok("a")
    run.ok("b")
    assert (run.state.status, run.outcome("c")) == ("failing", "stopping")
    assert [event.join for event in run.events if isinstance(event, JoinMet)] == [0]
    run.ok("c")
    assert (run.outcome("c"), run.running) == ("ok", ["c/compensate"])


def test_a_second_edge_of_one_is_a_conflict_even_later() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: do}
          b: {uses: do}
          c: {needs: {one: [a, b]}, uses: do}
        """
    )
    run.ok("a")
    run.ok("c")
    assert run.state.status == "running"
    run.ok("b")
    assert run.state.error is not None
    assert (run.state.status, run.state.error.type) == ("failed", "join_conflict")


def test_cancel_rest_of_a_join() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: do}
          b: {uses: do}
          gate: {uses: do}
          c: {needs: gate, uses: do}
          j: {needs: {first: [a, b, c], cancel_rest: true}, uses: do, with: {n: "${a.?n.orValue(0) + b.?n.orValue(0)}"}}
        """
    )
    run.ok("b", n=7)
    assert (run.outcome("a"), run.outcome("c")) == ("cancelled", "not reached")
    assert run.outcome("gate") == "running"
    started = run.state.run_of("j")
    assert started is not None
    assert started.arguments == {"n": 7}
    assert run.ok("a", n=1) == []


def test_a_member_is_seen_only_where_its_edge_was_met_when_the_join_was() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: do}
          b: {uses: do}
          g: {uses: do}
          j: {needs: [{first: [a, b]}, g], uses: do, with: {n: "${a.?n.orValue(0) * 10 + b.?n.orValue(0)}"}}
        """
    )
    run.ok("a", n=1)
    run.ok("b", n=2)
    run.ok("g")
    started = run.state.run_of("j")
    assert started is not None
    assert started.arguments == {"n": 10}


def test_cancel_rest_of_an_end() -> None:
    run = ByHand(
        """
        steps: {a: {uses: do}, b: {wait: 1d}, c: {uses: do}}
        ends: {fast: {first: [a, b], cancel_rest: true}, slow: c}
        output: {end: "${run.end}"}
        """
    )
    run.ok("a")
    assert (run.outcome("b"), run.outcome("c")) == ("cancelled", "stopping")
    run.stopped("c")
    assert (run.state.status, run.state.end, run.state.output) == (
        "succeeded",
        "fast",
        {"end": "fast"},
    )


SAGA = """
steps:
  a: {uses: do, compensate: {uses: do, with: {n: "${a.n}"}}}
  b: {uses: do, compensate: {uses: do, with: {n: "${b.n}"}, retry: {attempts: 2, initial: 1s, jitter: false}}}
  c: {needs: [a, b], uses: do, compensate: {uses: do}}
  w: {needs: c, wait: 1d}
"""


def undone(run: ByHand) -> list[str]:
    found = (event for event in run.events if isinstance(event, CompensationStarted))
    return [event.step.removesuffix("/compensate") for event in found]


def test_compensations_run_one_at_a_time_the_last_to_end_first() -> None:
    run = ByHand(SAGA)
    run.ok("b", n=2)
    run.ok("a", n=1)
    run.fail("c", "bad_input")
    assert (run.state.status, run.running) == ("failing", ["a/compensate"])
    found = run.state.run_of("a/compensate")
    assert found is not None
    assert found.arguments["with"] == {"n": 1}
    run.ok("a/compensate")
    run.fail("b/compensate")
    run.wait("1s")
    run.ok("b/compensate")
    assert (undone(run), run.state.status) == (["a", "b"], "failed")


def test_a_compensation_that_fails_does_not_stop_the_rest() -> None:
    run = ByHand(SAGA)
    run.ok("a", n=1)
    run.ok("b", n=2)
    run.fail("c", "bad_input")
    run.fail("b/compensate", "bad_input")
    run.ok("a/compensate")
    assert undone(run) == ["b", "a"]
    assert run.state.error is not None
    assert run.state.error.type == "bad_input"
    assert "the compensation failed of b" in run.state.error.message


def test_cancelling_compensates_and_a_second_cancel_does_not_stop_it() -> None:
    run = ByHand(SAGA)
    run.ok("a", n=1)
    run.ok("b", n=2)
    run.ok("c")
    run.cancel()
    assert (run.outcome("w"), run.state.status) == ("cancelled", "cancelling")
    assert run.cancel() == []
    for step in ("c", "b", "a"):
        assert run.running == [f"{step}/compensate"]
        run.ok(f"{step}/compensate")
    assert run.state.status == "cancelled"


def test_a_result_that_comes_while_stopping_is_compensated() -> None:
    run = ByHand(SAGA)
    run.ok("a", n=1)
    run.cancel()
    assert run.outcome("b") == "stopping"
    run.ok("b", n=5)
    assert run.running == ["b/compensate"]


def test_a_body_that_ended_well_leaves_its_compensations_to_the_graph_around_it() -> None:
    run = ByHand(
        """
        steps:
          each:
            for_each:
              in: "[0, 1]"
              until_failures: 2
              steps:
                x: {uses: do, compensate: {uses: do, with: {n: "${x.n + item}"}}}
                y: {needs: x, uses: do}
          z: {needs: each, uses: do}
        """
    )
    run.ok("each[0]/x", n=10)
    run.ok("each[1]/x", n=20)
    run.fail("each[1]/y", "bad_input")
    assert run.running == ["each[0]/y", "each[1]/x/compensate"]
    run.ok("each[1]/x/compensate")
    run.ok("each[0]/y")
    run.fail("z", "bad_input")
    found = run.state.run_of("each[0]/x/compensate")
    assert found is not None
    assert found.arguments["with"] == {"n": 10}
    run.ok("each[0]/x/compensate")
    assert run.state.status == "failed"


@pytest.mark.parametrize("outcome", ["failed", "cancelled"])
def test_a_step_that_did_not_end_well_is_not_compensated(outcome: str) -> None:
    run = ByHand(SAGA)
    if outcome == "failed":
        run.fail("a", "bad_input")
        run.stopped("b")
    else:
        run.cancel()
        run.stopped("a")
        run.stopped("b")
    assert (undone(run), run.state.status) == ([], outcome)


def test_a_workflow_may_take_only_so_long() -> None:
    run = ByHand("timeout: 1h\nsteps: {w: {wait: 2h}, a: {uses: do, compensate: {uses: do}}}")
    run.ok("a")
    run.wait("1h")
    assert run.outcome("w") == "cancelled"
    run.ok("a/compensate")
    assert run.state.error is not None
    assert (run.state.status, run.state.error.type) == ("failed", "timeout")


def test_a_call_that_is_stopped_waits_for_its_child() -> None:
    from auterity_sdk.runs.commands import ChildEnded

    run = ByHand(
        "steps: {c: {call: other, timeout: 1h, compensate: {uses: do}}}\nends: {x: c, y: c.failed}"
    )
    run.cancel()
    assert run.outcome("c") == "stopping"
    run.wait("1h")
    assert run.outcome("c") == "stopping"
    run.give(ChildEnded(run.at, "c", 1, "cancelled"))
    assert (run.outcome("c"), run.state.status) == ("cancelled", "cancelled")


def test_the_output_of_a_run_may_fail_it() -> None:
    run = ByHand('steps: {a: {uses: do, compensate: {uses: do}}}\noutput: {x: "${1 / a.n}"}')
    run.ok("a", n=0)
    run.ok("a/compensate")
    assert run.state.error is not None
    assert (run.state.status, run.state.error.type) == ("failed", "expression")


def test_a_child_that_a_join_left_over_is_awaited_and_its_result_ignored() -> None:
    run = ByHand(
        """
        steps:
          slow: {call: other}
          quick: {uses: do}
          j: {needs: {first: [slow, quick], cancel_rest: true}, uses: do}
          never: {needs: slow, uses: do}
        """
    )
    run.ok("quick")
    assert (run.outcome("slow"), run.running) == ("stopping", ["slow", "j"])
    run.give(c.ChildEnded(run.at, "slow", 1, "succeeded", "", {}))
    assert (run.outcome("slow"), run.outcome("never")) == ("cancelled", "not reached")
