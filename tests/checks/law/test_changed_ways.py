"""Gates, waits and calls: what is found by the rules of law when a workflow gets one more, or one less."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auterity_sdk.checks.check import Checked
from auterity_sdk.checks.law.bound import Bound
from auterity_sdk.checks.law.catalogue import law_rules
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.model import dump
from auterity_sdk.workflow.rename import renamed
from tests.checks.examples import NAMES, Example, Found, moved, whole
from tests.checks.registry import REGISTRY

from .test_against_engine import REGISTRY as LAWFUL
from .test_against_engine import workflows as lawful

OFTEN = {rule.code for rule in law_rules() if any(isinstance(part, Bound) for part in rule.what)}
"""What a wait is the answer to: too much within some time."""
STALE = {"COM003": "COM002"}
"""That a check has expired, and that there was none: where there is one in front, one becomes the other."""


PAGES = [name for name in NAMES if ": " in name] + [
    "lead-response",
    "service-reminder",
    "trade-in-appraisal",
]


def within(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def sends(graph: Graph) -> list[Node]:
    """The steps that send something to somebody."""
    return [
        node
        for inner in graph.walk()
        for node in inner.nodes.values()
        if node.signature
        and any(e.kind == "send" and e.subjects for e in node.signature.declares.effects)
    ]


def gated(data: Any, node: Node) -> Any:
    """The workflow with a look at the hours in front of a step, and a task where it may not be."""
    data = json.loads(json.dumps(data))
    steps, own = within(data, node.path[:-1]), within(data, node.path)
    declared = node.signature.declares.effects if node.signature else ()
    names = [e.subjects[0].name.partition(".")[0] for e in declared if e.subjects]
    to = next((own["with"][name] for name in names if name in own["with"]), "+14195550188")
    before = own.get("needs", [])
    before = before if isinstance(before, list) else [before]
    steps["gate_hours"] = {"uses": "hours.gate", "with": {"phone": to}}
    if before:
        steps["gate_hours"]["needs"] = before
    task = {"role": "bdc", "due": "4h", "title": "Look at it"}
    steps["gate_closed"] = {"needs": "gate_hours.closed", "uses": "task.assign", "with": task}
    own["needs"] = [*before, "gate_hours.open"]
    return data


@pytest.mark.parametrize("name", PAGES)
def test_a_gate_adds_no_finding(name: str) -> None:
    example, checked = whole()[name]
    assert checked.workflow is not None
    assert checked.graph is not None
    data = dump(checked.workflow)
    before = example.law(data)
    for node in sends(checked.graph):
        after = example.law(gated(data, node))
        new = {
            key
            for key in after - before
            if str((key[1] or ("",))[-1]) not in ("gate_hours", "gate_closed")
        }
        assert new == set()


def test_what_waits_behind_a_gate_while_a_duty_runs_is_found() -> None:
    """Where the gate stays shut, nobody does what has to be done: here the gate itself brings the mistake."""
    example, checked = whole()["breach-branch: Instead"]
    assert checked.workflow is not None
    assert checked.graph is not None
    data = dump(checked.workflow)
    nodes = checked.graph.nodes.values()
    done = [node for node in nodes if node.signature and node.signature.declares.discharges]
    assert example.law(data) == Counter()
    found = [{code for code, _ in example.law(gated(data, node))} for node in done]
    assert found
    assert all("PRV008" in codes for codes in found)


def edges_of(needs: Any, path: Path) -> list[Path]:
    if isinstance(needs, str):
        return [path]
    pairs = (
        needs.items()
        if isinstance(needs, dict)
        else enumerate(needs)
        if isinstance(needs, list)
        else ()
    )
    return [each for key, value in pairs for each in edges_of(value, (*path, key))]


def waited(data: Any, node: Node, edge: Path | None, length: str) -> Any:
    """The workflow with a wait on one of the edges to a step; without one, in front of a step that starts."""
    data = json.loads(json.dumps(data))
    steps, own = within(data, node.path[:-1]), within(data, node.path)
    steps["a_wait"] = {"wait": length}
    if edge is None:
        own["needs"] = "a_wait"
        return data
    place = within(data, edge[:-1])
    steps["a_wait"]["needs"] = place[edge[-1]]
    place[edge[-1]] = "a_wait"
    return data


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("length", ["1m", "61m", "400d"])
def test_a_wait_removes_no_finding(name: str, length: str) -> None:
    example, checked = whole()[name]
    assert checked.workflow is not None
    assert checked.graph is not None
    data = dump(checked.workflow)
    before = Counter({key: n for key, n in example.law(data).items() if key[0] not in OFTEN})
    for inner in checked.graph.walk() if before else ():
        for node in inner.nodes.values():
            own = within(data, node.path)
            for edge in (
                edges_of(own["needs"], (*node.path, "needs")) if own.get("needs") else [None]
            ):
                after = example.law(waited(data, node, edge, length))
                assert before - after == Counter(), (node.path, edge)


def inlined(data: Any, before: dict[str, Any]) -> Any:
    """A caller in place of its call: steps of the child under other ids, its input as the caller gives it."""
    text = re.sub(r"(?<![\w.])input\.(?=[a-z])", "input.given_", json.dumps(data))
    made = json.loads(text)
    made["input"] = {f"given_{name}": schema for name, schema in data.get("input", {}).items()}
    for own in made["steps"].values() if before else ():
        own.setdefault("needs", list(before)[-1] + ".open")
    made["steps"] = {**before, **made["steps"]}
    return made


def as_called(example: Example, checked: Checked) -> tuple[Any, Any, dict[Path, str]]:
    """What the child holds, the same under the ids that it gets in its caller, and those ids."""
    workflow, graph = checked.workflow, checked.graph
    assert workflow is not None
    assert graph is not None
    names = {node.path: f"child_{node.id}" for node in graph.nodes.values()}
    child = dump(workflow) | {"triggers": []}
    return child, dump(renamed(workflow, graph, names)) | {"triggers": []}, names


@pytest.mark.parametrize("name", PAGES)
def test_a_call_is_as_what_it_calls(name: str) -> None:
    """Where the caller does nothing before, so that nothing is known, the steps have the same findings."""
    example, checked = whole()[name]
    child, prefixed, names = as_called(example, checked)
    called = example.law(child)
    expected = Counter({(code, moved(path, names)): n for (code, path), n in called.items()})
    assert example.law(inlined(prefixed, {})) == expected


@pytest.mark.parametrize("name", PAGES)
def test_a_call_takes_nothing_that_is_known_along(name: str) -> None:
    """What the caller looked at before counts where the child is inlined; a call can only lose it, never gain it."""
    example, checked = whole()[name]
    child, prefixed, names = as_called(example, checked)
    called = example.law(child)
    expected = Counter({(code, moved(path, names)): n for (code, path), n in called.items()})
    phone = next(
        (f"${{input.given_{n}}}" for n in ("phone", "to") if n in child.get("input", {})),
        "+14195550188",
    )
    gate = {"a_gate": {"uses": "hours.gate", "with": {"phone": phone}}}
    inside = example.law(inlined(prefixed, gate))
    assert at_all(inside) - at_all(expected) == Counter()


def at_all(found: Found) -> Found:
    """The findings with no difference between what has expired and what was never known."""
    return Counter((STALE.get(code, code), path) for code, path in found.elements())


GATE_ON_ONE_WAY = """
auterity: 1
name: demo
input: {who: string}
steps:
  hours: {uses: hours.gate, with: {phone: "${input.who}"}}
  known: {switch: {yes: input.who == 'x', no: else}}
  text:
    needs: {any: [%s]}
    uses: sms.send
    with: {to: "${input.who}", purpose: marketing, body: Hi}
"""


@pytest.mark.parametrize("edges", [("hours.open", "known.yes"), ("known.yes", "hours.open")])
def test_a_stale_gate_on_one_way_does_not_hide_that_there_is_none_on_another(
    edges: tuple[str, str],
) -> None:
    example = Example("one way", b"", REGISTRY)
    data = load_document(GATE_ON_ONE_WAY % ", ".join(edges), file="example.yaml").data
    before = example.law(data)
    assert ("COM002", ("steps", "text")) in before
    graph = example.read(json.dumps(data)).graph
    assert graph is not None
    place = ("steps", "text", "needs", "any", edges.index("hours.open"))
    assert before - example.law(waited(data, graph.nodes["text"], place, "1h")) == Counter()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lawful(), st.data())
def test_a_wait_removes_no_finding_of_a_random_workflow(data: Any, draw: st.DataObject) -> None:
    example = Example("random", b"", LAWFUL)
    before = example.law(data)
    graph = example.read(json.dumps(data)).graph
    assert graph is not None
    node = graph.nodes[draw.draw(st.sampled_from(sorted(data["steps"])))]
    needs = data["steps"][node.id].get("needs")
    edges = edges_of(needs, (*node.path, "needs")) if needs else [None]
    edge = draw.draw(st.sampled_from(edges))
    length = draw.draw(st.sampled_from(["1m", "11m", "61m"]))
    assert before - example.law(waited(data, node, edge, length)) == Counter()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lawful(), st.data())
def test_a_gate_adds_no_finding_to_a_random_workflow(data: Any, draw: st.DataObject) -> None:
    example = Example("random", b"", LAWFUL)
    after = json.loads(json.dumps(data))
    own = after["steps"][draw.draw(st.sampled_from(sorted(data["steps"])))]
    before = own.get("needs", [])
    before = before if isinstance(before, list) else [before]
    gate = {"uses": "t.allow", "with": {"who": "${input.one}"}}
    after["steps"]["gate"] = gate | ({"needs": before} if before else {})
    own["needs"] = [*before, "gate"]
    assert example.law(after) - example.law(data) == Counter()
