"""The priority of a run: what gives it, and where it is kept."""

from __future__ import annotations

import pytest

from auterity_sdk.errors import ExpressionError
from auterity_sdk.runs.events import RunEntered
from auterity_sdk.runs.replay import divergence
from tests.runs.by_hand import ByHand

TEXT = "input: {hot: any}\npriority: %s\nsteps: {a: {uses: do}}"


@pytest.mark.parametrize(("written", "priority"), [("7", 7), ("'input.hot ? 9 : -9'", 9)])
def test_a_number_or_an_expression_gives_it(written: str, priority: int) -> None:
    run = ByHand(TEXT % written, hot=True)
    assert run.state.priority == priority
    assert run.running == ["a"]
    assert divergence(run.plan, run.events) is None


def test_a_run_without_one_has_that_of_its_caller() -> None:
    run = ByHand("steps: {a: {uses: do}}", priority=4)
    assert run.state.priority == 4
    assert ByHand(TEXT % "1", hot=True, priority=4).state.priority == 1
    assert divergence(run.plan, run.events) is None
    assert not any(isinstance(each, RunEntered) for each in ByHand("steps: {a: {uses: do}}").events)


@pytest.mark.parametrize("value", [1.5, "high", None, 1001, -1001])
def test_what_is_no_whole_number_begins_no_run(value: object) -> None:
    with pytest.raises(ExpressionError):
        ByHand(TEXT % "input.hot", hot=value)
