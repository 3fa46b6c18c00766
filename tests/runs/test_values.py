"""What steps have given is kept by their names, and is what others read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auterity_sdk.runs import commands as c
from auterity_sdk.runs import events as e
from auterity_sdk.runs.evolve import evolve
from tests.runs.by_hand import ByHand
from tests.runs.test_straight import Pair


def begun(text: str, ends: dict[str, str], **input: Any) -> dict[str, Any]:
    """The arguments with which attempts began, where each of them ends well with an `n` of its own; both ways alike."""
    pair = Pair(ByHand(text).plan)
    pair.give(c.Start(0, input))
    found: dict[str, Any] = {}
    for now in range(1, 50):
        ready = [path for path, run in pair.general.active.items() if run.loop is None]
        for path in ready[:1]:
            run = pair.general.active[path]
            found[path] = run.arguments
            outcome = ends.get(path, "ok")
            pair.give(c.AttemptSucceeded(now, path, run.attempt, outcome, {"n": now}))
    assert pair.general.status == "succeeded"
    return found


def test_a_member_of_ones_own_first_is_not_seen_where_its_edge_was_not_met() -> None:
    text = """
    steps:
      a: {uses: pick}
      b: {needs: a.done, uses: do}
      c: {needs: {first: [a.left, b]}, uses: do, with: {n: "${a.?n.orValue(9)}"}}
    """
    assert begun(text, {"a": "right"})["c"] == {"n": 9}
    assert begun(text, {"a": "left"})["c"] == {"n": 1}


def test_a_body_reads_the_input_its_own_steps_and_those_around() -> None:
    text = """
    input: {count: {type: integer}}
    steps:
      a: {uses: do}
      f:
        needs: a
        for_each:
          in: "[7]"
          steps:
            g: {uses: do, with: {n: "${input.count}"}}
            h: {needs: g, uses: do, with: {n: "${input.count + g.n}"}}
            i: {needs: h, uses: do, with: {n: "${a.?n.orValue(9) + item}"}}
    """
    found = begun(text, {}, count=5)
    assert found["f[0]/g"] == {"n": 5}
    assert found["f[0]/h"] == {"n": 7}
    assert found["f[0]/i"] == {"n": 8}


def test_the_output_reads_the_run_beside_the_steps() -> None:
    text = """
    steps: {a: {uses: do}}
    ends: {good: a}
    output: {end: "${run.?end.orValue('')}", n: "${a.n}"}
    """
    pair = Pair(ByHand(text).plan)
    pair.give(c.Start(0, {}))
    pair.give(c.AttemptSucceeded(1, "a", 1, "ok", {"n": 3}))
    assert pair.short.output == {"end": "good", "n": 3}


@pytest.mark.parametrize(("outcome", "value"), [("left", {}), ("timeout", None)])
def test_a_step_that_ends_with_a_value_has_at_least_an_empty_one(outcome: str, value: Any) -> None:
    run = ByHand("steps: {a: {uses: pick}, b: {needs: a.done, when: has(a.n), uses: do}}")
    run.give(c.AttemptSucceeded(run.at, "a", 1, outcome, None))
    assert run.state.scopes[""].values.get("a") == value


def test_a_value_that_nothing_reads_is_not_kept() -> None:
    run = ByHand("steps: {a: {uses: do}, b: {needs: a, uses: do}}")
    run.give(c.AttemptSucceeded(run.at, "a", 1, "ok", {"n": 1}))
    assert run.state.scopes[""].values == {"input": {}}


@pytest.mark.parametrize(
    "step",
    [
        {"uses": "do", "lock": "string(a.n)"},
        {"uses": "do", "compensate": {"uses": "do", "with": {"n": "${a.n}"}}},
        {"for_each": {"in": "[1]", "steps": {"c": {"uses": "do", "with": {"n": "${a.n}"}}}}},
        {"for_each": {"in": "[1]", "first": 1, "where": "a.n > 0", "steps": {"c": {"uses": "do"}}}},
        {"repeat": {"until": "a.n > 0", "max": 2, "steps": {"c": {"uses": "do"}}}},
    ],
)
def test_a_value_is_kept_that_is_read_anywhere(step: dict[str, Any]) -> None:
    text = json.dumps({"steps": {"a": {"uses": "do"}, "b": {"needs": "a", **step}}})
    run = ByHand(text)
    run.give(c.AttemptSucceeded(run.at, "a", 1, "ok", {"n": 1}))
    assert run.state.scopes[""].values["a"] == {"n": 1}


def test_what_a_lock_reads_of_an_outcome_counts_as_read() -> None:
    text = """
    steps:
      a: {uses: pick}
      b: {needs: a.left, uses: do}
      c: {needs: b, uses: do, lock: "outcome.?a.orValue('none')"}
    """
    plan = ByHand(text).plan
    assert plan.graph.steps[plan.graph.index["a"]].named is None


def test_a_run_that_goes_by_another_version_reads_the_input_of_that_one() -> None:
    run = ByHand("steps: {f: {for_each: {in: '[1]', steps: {g: {uses: do}}}}}", count=1)
    evolve(run.state, e.RunMigrated(run.at, "v2", {"count": 2}))
    inputs = {key: scope.values["input"] for key, scope in run.state.scopes.items()}
    assert inputs == {"": {"count": 2}, "f[0]": {"count": 2}}
