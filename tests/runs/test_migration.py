"""A run that goes over to another version goes on as one that always went by it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_sdk.runs import commands as c
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.events import Event, RunMigrated
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.journal import from_line, to_line
from auterity_sdk.runs.migration import as_of_now, move_to
from auterity_sdk.runs.onward import onward
from auterity_sdk.runs.orders import outstanding
from auterity_sdk.runs.plan import Plan
from auterity_sdk.runs.replay import divergence, folded
from auterity_sdk.runs.state import RunState, Status
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow, load
from auterity_sdk.workflow.rename import renamed
from tests.runs.by_hand import REGISTRY, picture
from tests.runs.test_random import Script, scripts


def plan_of(workflow: Workflow) -> Plan:
    return compile_plan(workflow, build_graph(workflow, REGISTRY), REGISTRY)


def outcomes(state: RunState) -> dict[str, str | None]:
    scope = state.scopes[""]
    pairs = zip(scope.plan.steps, scope.runs, strict=True)
    return {
        step.id: run.outcome if run and run.status is Status.ENDED else run and run.status.value
        for step, run in pairs
    }


def advance(plan: Plan, state: RunState, script: Script, choose: Any, now: int) -> list[Event]:
    order = choose(outstanding(state))
    end = script.ends[order.step.removeprefix("new_")]
    if end == "failed":
        return decide(plan, state, c.AttemptFailed(now, order.step, 1, Failure("bad", "x")))
    return decide(plan, state, c.AttemptSucceeded(now, order.step, 1, end, {"n": 1}))


@given(scripts(), st.randoms(use_true_random=False), st.integers(0, 12))
@settings(max_examples=100)
def test_a_moved_run_ends_as_one_that_was_not(script: Script, random: Any, before: int) -> None:
    workflow = load({"auterity": 1, "name": "random", "steps": script.steps})
    names = {name: f"new_{name}" for name in script.steps}
    places = {("steps", name): now for name, now in names.items()}
    other = renamed(workflow, build_graph(workflow, REGISTRY), places)
    old, new = plan_of(workflow), plan_of(other)
    state = RunState(old)
    events = decide(old, state, c.Start(0, {}), "r")
    for now in range(1, before):
        if state.over:
            break
        events += advance(old, state, script, random.choice, now)
    if state.over:
        return
    length = len(events)
    move = move_to(old, new, before + 1, {"n": 1}, names, "ann")
    state = folded(new, as_of_now([*events, move])[:-1])
    events += onward(new, state, move)
    assert (
        len(events) == length + 1
    )  # it is the same version but for its names: nothing more begins
    now = before + 1
    while not state.over:
        now += 1
        events += advance(new, state, script, random.choice, now)
    assert state.version == new.version
    again = folded(new, as_of_now([from_line(to_line(event)) for event in events]))
    assert picture(again) == picture(state)
    assert divergence(new, as_of_now(events)) is None
    alone = RunState(old)
    decide(old, alone, c.Start(0, {}), "r")
    while not alone.over:
        now += 1
        advance(old, alone, script, random.choice, now)
    assert outcomes(state) == {names[step]: end for step, end in outcomes(alone).items()}


def test_watches_go_over_with_the_steps_that_they_name() -> None:
    data = {
        "auterity": 1,
        "name": "watched",
        "steps": {
            "a": {"uses": "do"},
            "soon": {"watch": "a.ok within 1m of start"},
            "b": {"needs": "soon.breached", "receive": {"event": "r", "timeout": "1h"}},
            "c": {"needs": {"any": ["b.received", "b.timeout"]}, "uses": "do"},
        },
        "guarantees": ["one of [a.ok, c] within 30s of start"],
    }
    workflow = load(data)
    names = {"a": "first", "soon": "late", "c": "last"}
    places = {("steps", name): now for name, now in names.items()}
    other = renamed(workflow, build_graph(workflow, REGISTRY), places)
    assert other.steps["late"].watch == "first.ok within 1m of start"  # type: ignore[union-attr]
    old, new = plan_of(workflow), plan_of(other)
    state = RunState(old)
    events = decide(old, state, c.Start(0, {}), "r")
    events += decide(old, state, c.TimerDue(60_000))
    move = move_to(old, new, 70_000, {}, names, "ann")
    state = folded(new, as_of_now([*events, move])[:-1])
    decided = onward(new, state, move)
    assert decided == [move]
    assert outcomes(state) == {"first": "running", "late": "breached", "b": "waiting", "last": None}
    said = "one of [first.ok, last] within 30s of start"
    assert [each.guarantee for each in state.breaches] == [said, "late"]


def test_a_journal_that_was_never_moved_is_the_same_list() -> None:
    events: list[Event] = []
    assert as_of_now(events) is events


def test_the_event_of_a_move_goes_through_the_journal() -> None:
    move = RunMigrated(1, "v", {"a": 1}, {"a": "b"}, {"0": 1}, ("c",), "ann")
    assert from_line(to_line(move)) == move
