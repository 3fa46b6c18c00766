"""Locks: what a step does before and after it has its lock; who holds what is the store's."""

from __future__ import annotations

from typing import Any

import pytest

from auterity_sdk.runs import commands as c
from auterity_sdk.runs.events import LockAsked, StepStarted
from auterity_sdk.runs.locks import Claimed
from auterity_sdk.runtime.view import view
from tests.runs.by_hand import ByHand

LOCKED = """
input: {key: any}
steps:
  a: {uses: do, lock: input.key, with: {text: "at ${run.now}"}, retry: {attempts: 2, initial: 1s, jitter: false}, timeout: 1m}
ends: {ok: a, no: a.failed}
"""


def granted(run: ByHand, step: str) -> None:
    run.give(c.LockGranted(run.at, step))


def test_a_step_asks_starts_when_it_is_its_turn_and_keeps_the_lock_to_its_end() -> None:
    run = ByHand(LOCKED, key="x")
    [asked] = [event for event in run.events if isinstance(event, LockAsked)]
    assert Claimed(run.state, run.events).asked == {"a": asked.key}
    assert (run.outcome("a"), run.running, run.state.due) == ("waiting", [], None)
    assert [wait.kind for wait in view(run.state).waiting] == ["lock"]
    run.wait("5m")  # of which nothing counts for the timeout
    granted(run, "a")
    started = run.events[-1]
    assert isinstance(started, StepStarted)
    assert started.deadline == run.at + 60_000
    assert started.arguments == {"text": "at 1970-01-01T00:21:40Z"}
    assert Claimed(run.state, run.events).taken == ["a"]
    run.fail("a")
    assert Claimed(run.state, run.events).released == []
    run.wait("1s")
    run.ok("a")
    assert Claimed(run.state, run.events).released == ["a"]


def test_equal_values_are_one_key_and_others_are_not() -> None:
    def key(value: Any) -> str:
        [asked] = [each for each in ByHand(LOCKED, key=value).events if isinstance(each, LockAsked)]
        return asked.key

    assert key({"a": 1, "b": [2]}) == key({"b": [2], "a": 1})
    assert len({key(value) for value in ("1", 1, [1], {"a": 1}, True, "")}) == 6


def test_a_turn_that_comes_too_late_or_twice_counts_for_nothing() -> None:
    run = ByHand(LOCKED, key="x")
    granted(run, "a")
    before = len(run.events)
    granted(run, "a")
    run.ok("a")
    granted(run, "a")
    assert len([event for event in run.events if isinstance(event, StepStarted)]) == 1
    assert len(run.events) > before


@pytest.mark.parametrize("value", [None, "absent"])
def test_a_key_that_is_not_there_fails_the_step(value: str | None) -> None:
    text = LOCKED if value is None else LOCKED.replace("input.key", "input.key.part")
    run = ByHand(text, key=None if value is None else {})
    assert (run.outcome("a"), run.state.end) == ("failed", "no")
    assert Claimed(run.state, run.events).asked == {}


@pytest.mark.parametrize(
    "step",
    [
        "uses: do",
        "call: other",
        "for_each: {in: '[1, 2]', steps: {b: {uses: do}}}",
        "repeat: {until: b.n > 0, max: 3, steps: {b: {uses: do}}}",
    ],
)
def test_a_step_that_waits_for_its_lock_can_be_cancelled(step: str) -> None:
    run = ByHand(f"steps: {{a: {{lock: run.id, {step}}}}}")
    run.cancel()
    assert (run.outcome("a"), run.state.status) == ("cancelled", "cancelled")
    assert Claimed(run.state, run.events).released == ["a"]


def test_a_loop_holds_its_lock_over_all_its_rounds() -> None:
    run = ByHand(
        "steps: {a: {lock: run.id, repeat: {until: b.n > 0, max: 3, steps: {b: {uses: do}}}}}"
    )
    granted(run, "a")
    run.ok("a[0]/b", n=0)
    run.ok("a[1]/b", n=1)
    assert Claimed(run.state, run.events).released == ["a"]


def test_when_is_read_before_a_lock_is_asked_for() -> None:
    run = ByHand("steps: {a: {uses: do, lock: run.id, when: 1 > 2}}")
    assert run.outcome("a") == "skipped"
    assert Claimed(run.state, run.events).asked == {}


def test_nothing_asks_for_a_lock_inside_another() -> None:
    run = ByHand(
        "steps: {a: {lock: run.id, for_each: {in: '[1]', steps: {b: {uses: do, lock: \"'x'\"}}}}}\nends: {no: a.failed}"
    )
    granted(run, "a")
    assert (run.error("a[0]/b"), run.state.end) == ("nested_lock", "no")
    called = ByHand(LOCKED, key="x", locked=True)
    assert (called.error("a"), called.state.end) == ("nested_lock", "no")


def test_arguments_that_cannot_be_made_release_the_lock() -> None:
    run = ByHand(LOCKED.replace("at ${run.now}", "${input.key.part}"), key={})
    granted(run, "a")
    assert run.state.end == "no"
    assert Claimed(run.state, run.events).released == ["a"]
