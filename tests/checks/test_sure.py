"""What the graph rules say is so on some run, or on none: held against every run of small random workflows."""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.diagnostics import Diagnostic
from auterity_sdk.workflow.document import load_document, write_document
from auterity_sdk.workflow.graph import Graph, NeedGroup, Node
from auterity_sdk.workflow.needs import Edge, JoinKind

from .registry import REGISTRY

OUTCOMES = {
    "text": ("ok",),
    "reply": ("received", "timeout"),
    "route": ("left", "right"),
}
Run = Mapping[str, str | None]
"""How each step is settled: its outcome, or None if it is not reached."""


@st.composite
def workflows(draw: st.DrawFn) -> dict[str, Any]:
    steps: dict[str, Any] = {}
    outcomes: dict[str, tuple[str, ...]] = {}
    for at in range(draw(st.integers(3, 6))):
        kind = draw(st.sampled_from(sorted(OUTCOMES)))
        step = _step(kind, draw, outcomes)
        if draw(st.integers(0, 3)) == 0:
            step["when"] = "run.id != ''"
        if outcomes and draw(st.integers(0, 5)):
            step["needs"] = draw(st.lists(_needs(outcomes), min_size=1, max_size=2))
        steps[f"s{at}"] = step
        outcomes[f"s{at}"] = OUTCOMES[kind]
    named = [f"{step}.{outcome}" for step, own in outcomes.items() for outcome in own]
    return {"auterity": 1, "name": "demo", "steps": steps, "ends": {"end": {"any": named}}}


def _step(kind: str, draw: st.DrawFn, outcomes: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "reply":
        return {"receive": {"event": "sms.received", "timeout": "1d"}}
    if kind == "route":
        return {"switch": {"left": "run.id == ''", "right": "else"}}
    valued = sorted(step for step, own in outcomes.items() if own != OUTCOMES["route"])
    read = draw(st.sampled_from(valued)) if valued and draw(st.booleans()) else None
    field = "task_id" if read and outcomes[read] == ("ok",) else "text"
    title = f"${{string({read}.{field})}}" if read else "Call"
    return {"uses": "task.assign", "with": {"role": "bdc", "due": "5m", "title": title}}


def _needs(outcomes: Mapping[str, tuple[str, ...]]) -> st.SearchStrategy[Any]:
    edge = st.sampled_from(sorted(outcomes)).flatmap(
        lambda step: st.sampled_from(
            (*outcomes[step], *outcomes[step], "failed", "skipped", "done")
        ).map(lambda outcome: f"{step}.{outcome}")
    )
    edges = st.lists(edge, min_size=2, max_size=3, unique=True)
    joins = [edges.map(lambda found, kind=kind: {kind: found}) for kind in ("any", "one", "first")]
    return st.one_of(edge, edge, *joins, edges.map(lambda found: {"at_least": 2, "of": found}))


def met(edge: Edge, run: Run) -> bool:
    outcome = run[edge.step]
    return outcome is not None and edge.outcome in (outcome, "done")


def holds(group: NeedGroup, run: Run) -> bool:
    wanted = group.count if group.kind is JoinKind.AT_LEAST else 1
    return sum(met(edge, run) for edge in group.edges) >= wanted


def lacks_value(node: Node, run: Run) -> bool:
    outcome = run[node.id]
    return outcome is None or not node.has_value(outcome)


def runs(graph: Graph, told: set[str]) -> Iterator[tuple[Run, set[str]]]:
    """Every run on which no failure is left unhandled, but for the steps named beside it: they read what
    is not there. Those that are told of go on as if they were mended."""
    handled = {
        edge.step
        for node in graph.nodes.values()
        for group in node.needs
        for edge in group.edges
        if edge.outcome in ("failed", "done")
    }
    order = graph.order or ()
    choices = [
        (
            *(graph.nodes[step].outcomes or ()),
            *(("failed",) if step in handled else ()),
            *(("skipped",) if graph.nodes[step].step.when else ()),  # type: ignore[union-attr]
        )
        for step in order
    ]
    for chosen in itertools.product(*choices):
        run: dict[str, str | None] = {}
        stopped: set[str] = set()
        for step, outcome in zip(order, chosen, strict=True):
            node = graph.nodes[step]
            starts = all(holds(group, run) for group in node.needs)
            absent = any(
                read.plain and lacks_value(graph.nodes[read.step], run) for read in node.reads
            )
            failed = absent and outcome != "skipped"
            run[step] = None if not starts else "failed" if failed and step not in told else outcome
            if starts and failed:
                stopped.add(step)
        yield run, stopped


def checked(data: dict[str, Any]) -> Checked:
    return check_document(load_document(write_document(data), file="demo.yaml"), REGISTRY)


def named(found: Diagnostic) -> list[str]:
    return re.findall(r"`([^`]+)`", found.message)


def reads_own_member(node: Node, step: str) -> bool:
    counted = (JoinKind.ONE, JoinKind.FIRST, JoinKind.AT_LEAST)
    return any(
        group.kind in counted and any(edge.step == step for edge in group.edges)
        for group in node.needs
    )


def before_all(graph: Graph, *steps: str) -> set[str]:
    """The steps and all they wait for: only their failures keep them from coming so far."""
    return {*steps}.union(*(networkx.ancestors(graph.digraph, step) for step in steps))


@settings(max_examples=150)
@given(workflows())
def test_what_is_called_sure_is_so(data: dict[str, Any]) -> None:
    result = checked(data)
    graph = result.graph
    if graph is None or graph.order is None:
        return
    diagnostics = result.report.diagnostics
    absent = [found for found in diagnostics if found.code == "AUT406"]
    told = {str(found.location.path[1]) for found in absent}
    every = list(runs(graph, told))
    for _, feasible in result.subject.feasible:
        for step in feasible.steps:
            assert all(run[step] is None for run, _ in every), f"{step} may run"
    for found in diagnostics:
        if found.code == "AUT310":
            one, two = (Edge(*name.split(".")) for name in named(found)[:2])
            before = before_all(graph, one.step, two.step)
            assert any(
                met(one, run) and met(two, run) and stopped & before <= told
                for run, stopped in every
            ), found.message
        if found in absent:
            step, reader = named(found)[0], str(found.location.path[1])
            if reads_own_member(graph.nodes[reader], step):
                continue  # it depends on which ends first: soundness_fuzz.py tries every order
            before = before_all(graph, reader)
            assert any(
                reader in stopped
                and stopped & before <= told
                and lacks_value(graph.nodes[step], run)
                for run, stopped in every
            ), found.message
