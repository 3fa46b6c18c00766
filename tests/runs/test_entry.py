"""Runs that have a key: they wait for their turn, or are not started a second time."""

from __future__ import annotations

import pytest

from auterity_sdk.errors import ExpressionError
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.events import RunEntered
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.locks import Claimed
from auterity_sdk.runtime.view import view
from tests.runs.by_hand import ByHand

TEXT = """
input: {key: any}
timeout: 1h
concurrency: {key: input.key, limit: 2}
steps: {a: {uses: do}, b: {needs: a, uses: do}}
"""
ONCE = "input: {key: any}\nidempotency_key: input.key\nsteps: {a: {uses: do}}"


def test_a_run_begins_when_its_turn_has_come() -> None:
    run = ByHand(TEXT, key="x")
    [entered] = [event for event in run.events if isinstance(event, RunEntered)]
    assert Claimed(run.state, run.events).asked == {"": entered.queue}
    assert (run.outcome("a"), run.running, run.state.due) == (None, [], None)
    shown = view(run.state)
    assert (shown.status, [wait.kind for wait in shown.waiting]) == ("waiting", ["turn"])
    run.wait("5h")
    run.give(c.LockGranted(run.at, ""))
    assert run.running == ["a"]
    assert run.state.due == run.at + 3_600_000
    assert Claimed(run.state, run.events).taken == [""]
    run.give(c.LockGranted(run.at, ""))
    run.ok("a")
    run.ok("b")
    assert Claimed(run.state, run.events).released == [""]


def test_a_run_that_waits_for_its_turn_can_be_cancelled_or_refused() -> None:
    run = ByHand(TEXT, key="x")
    run.cancel()
    assert (run.state.status, run.outcome("a")) == ("cancelled", "not reached")
    assert Claimed(run.state, run.events).released == [""]
    refused = ByHand(TEXT, key="x")
    refused.give(c.TurnRefused(refused.at, Failure("blocked_by_caller", "no")))
    assert refused.state.status == "failed"
    begun = ByHand(TEXT, key="x")
    begun.give(c.LockGranted(begun.at, ""))
    assert begun.give(c.TurnRefused(begun.at, Failure("blocked_by_caller", "no"))) == []


def test_a_key_of_once_holds_up_nothing() -> None:
    run = ByHand(ONCE, key="x")
    assert run.running == ["a"]
    claimed = Claimed(run.state, run.events)
    assert (len(claimed.once), claimed.asked, claimed.released) == (32, {}, [])


@pytest.mark.parametrize("text", [TEXT, ONCE])
def test_a_run_whose_key_has_no_value_is_not_started(text: str) -> None:
    with pytest.raises(ExpressionError, match="has no value"):
        ByHand(text, key=None)
