"""A run is cancelled at once, or after the step."""

from __future__ import annotations

from auterity_sdk.runs.events import AttemptEnded
from auterity_sdk.runs.orders import CancelChild, outstanding
from auterity_sdk.runs.replay import divergence
from tests.runs.by_hand import ByHand

FLOW = """
steps:
  a: {uses: do, compensate: {uses: do}}
  b: {needs: a, uses: do, retry: {attempts: 3}, compensate: {uses: do}}
  c: {needs: a, uses: do, retry: {attempts: 3, jitter: false}}
  w: {wait: 1h}
  r: {receive: {event: x, timeout: 1h}}
  z: {needs: b, uses: do}
ends: {no: r.timeout, over: {any: [z, r.received]}}
"""


def begun() -> ByHand:
    run = ByHand(FLOW)
    run.ok("a")
    return run


def test_what_runs_may_end_and_counts_and_nothing_else_begins() -> None:
    run = begun()
    run.cancel(after_step=True)
    assert run.state.status == "cancelling"
    assert [run.outcome(step) for step in "wrzbc"] == [
        "cancelled",
        "cancelled",
        "not reached",
        "running",
        "running",
    ]
    run.wait("10m")
    assert run.running == ["b", "c"], "they are awaited however long they take"
    run.ok("b")
    assert run.running == ["c"], "compensations wait for the last one"
    run.ok("c")
    assert (run.outcome("b"), run.running) == ("ok", ["b/compensate"])
    run.ok("b/compensate")
    run.ok("a/compensate")
    assert run.state.status == "cancelled"


def test_an_attempt_that_fails_then_is_not_tried_again() -> None:
    run = begun()
    run.cancel(after_step=True)
    run.fail("b", "network")
    assert (run.outcome("b"), run.error("b")) == ("failed", "network")
    assert not any(isinstance(event, AttemptEnded) for event in run.events)


def test_a_pause_between_attempts_ends_at_once() -> None:
    run = begun()
    run.fail("b", "network")
    run.cancel(after_step=True)
    assert run.outcome("b") == "cancelled"


def test_cancelled_at_once_later_it_is_told_to_stop_after_all() -> None:
    run = begun()
    run.cancel(after_step=True)
    assert run.cancel(after_step=True) == []
    run.cancel()
    assert (run.outcome("b"), run.outcome("c")) == ("stopping", "stopping")
    assert run.cancel() == []
    run.stopped("b")
    run.stopped("c")
    assert run.running == ["a/compensate"]
    assert run.cancel(after_step=True) == []
    assert divergence(run.plan, run.events) is None


def test_a_cancel_at_once_is_not_softened() -> None:
    run = begun()
    run.cancel()
    assert run.cancel(after_step=True) == []
    assert run.outcome("b") == "stopping"


def test_an_attempt_whose_process_dies_meanwhile_is_made_again() -> None:
    run = begun()
    run.cancel(after_step=True)
    run.die()
    assert run.running == ["b", "c"]


def test_bodies_end_in_the_same_way() -> None:
    run = ByHand(
        """
        steps:
          each:
            for_each: {in: "[1, 2, 3]", max_parallel: 2, steps: {a: {uses: do, compensate: {uses: do}}, b: {needs: a, uses: do}}}
        """
    )
    run.cancel(after_step=True)
    assert run.running == ["each[0]/a", "each[1]/a"]
    run.ok("each[1]/a")
    assert run.running == ["each[0]/a", "each[1]/a/compensate"], (
        "an item is undone as soon as it is over"
    )
    run.cancel()
    assert run.outcome("each[0]/a") == "stopping"


def test_a_child_run_is_cancelled_in_the_way_of_its_caller() -> None:
    run = ByHand("steps: {a: {call: child, with: {}}}")
    for after_step in (True, False):
        run.cancel(after_step=after_step)
        assert outstanding(run.state) == [CancelChild("a", 1, after_step)]
