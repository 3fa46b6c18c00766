"""A journal decided again: where deciding differs today, the first event is named."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from auterity_sdk.runs.commands import LockGranted, TurnRefused
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runs.events import StepEnded
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.plan import Plan
from auterity_sdk.runs.replay import divergence, folded
from auterity_sdk.workflow.graph import build_graph
from tests.runs.by_hand import REGISTRY, ByHand, picture, workflow

TEXT = """
steps:
  a: {uses: do}
  route:
    needs: a
    switch: {big: a.n > 10, small: else}
  b: {needs: route.big, uses: do, with: {n: "${a.n + 1}"}}
  c: {needs: route.small, uses: do}
ends: {big: b, small: c}
"""


def plan(text: str) -> Plan:
    made = workflow(text)
    return compile_plan(made, build_graph(made, REGISTRY), REGISTRY)


def played() -> ByHand:
    run = ByHand(TEXT)
    run.ok("a", n=20)
    run.ok("b", n=1)
    return run


def test_a_journal_is_decided_as_it_was() -> None:
    run = played()
    assert divergence(run.plan, run.events) is None


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ("a.n > 10", "a.n > 100", ("StepEnded", "StepEnded", ("outcome",))),
        ("a.n + 1", "a.n + 2", ("StepStarted", "StepStarted", ("arguments",))),
        ("{big: b, small: c}", "{huge: b, small: c}", ("RunEnded", "RunEnded", ("end",))),
    ],
)
def test_the_first_event_that_differs_is_named(old: str, new: str, differs: Any) -> None:
    run = played()
    found = divergence(plan(TEXT.replace(old, new)), run.events)
    assert found is not None
    kinds = tuple(type(event).__name__ for event in (found.recorded, found.decided))
    assert (*kinds, found.fields) == differs
    assert found.recorded == run.events[found.seq - 1]
    # The events before it are decided alike.
    assert divergence(plan(TEXT.replace(old, new)), run.events[: found.seq - 1]) != found


QUEUED = """
concurrency: {key: "'all'", limit: 1, when_full: queue}
steps: {a: {uses: do}}
"""


def test_a_journal_in_which_a_loop_wrote_its_output_again_is_decided_as_it_was() -> None:
    run = ByHand("steps: {each: {for_each: {in: '[1]', steps: {a: {uses: do}}}}}")
    run.ok("each[0]/a")
    gathered = {"results": [{}], "failures": []}
    old = [
        replace(event, output=gathered, gathered=False)
        if isinstance(event, StepEnded) and event.gathered
        else event
        for event in run.events
    ]
    assert old != run.events
    assert divergence(run.plan, old) is None
    assert picture(folded(run.plan, old)) == picture(run.state)


def test_a_run_that_waited_for_its_turn_is_decided_as_it_was() -> None:
    begun, refused = ByHand(QUEUED), ByHand(QUEUED)
    begun.give(LockGranted(begun.at + 5, ""))
    begun.ok("a")
    refused.give(TurnRefused(refused.at + 5, Failure("replaced", "another one came")))
    for run in (begun, refused):
        assert run.state.over
        assert divergence(run.plan, run.events) is None


def test_a_changed_line_of_the_journal_is_found() -> None:
    run = played()
    at = next(
        i
        for i, event in enumerate(run.events)
        if isinstance(event, StepEnded) and event.step == "route"
    )
    events = list(run.events)
    events[at] = replace(events[at], outcome="small")
    found = divergence(run.plan, events)
    assert found is not None
    assert (found.seq, found.fields) == (at + 1, ("outcome",))


def test_the_state_after_any_event_is_that_which_the_run_had() -> None:
    run = ByHand(TEXT)
    pictures = {len(run.events): picture(run.state)}
    for step in ("a", "b"):
        run.ok(step, n=20)
        pictures[len(run.events)] = picture(run.state)
    for length, seen in pictures.items():
        assert picture(folded(run.plan, run.events[:length])) == seen
