"""The difference of two versions: nothing for layout, something for each change, the least for a new id."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.difference import (
    ABSENT,
    Change,
    Difference,
    EdgeEntry,
    Renaming,
    StepChange,
    StepEntry,
    difference,
)
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow, dump, load
from auterity_sdk.workflow.rename import renamed
from tests.workflow.random_workflows import REGISTRY as RANDOM
from tests.workflow.random_workflows import workflows
from tests.workflow.workflows import REGISTRY, workflow

A = {"uses": "test.send", "with": {"to": "x"}}


def between(old: Any, new: Any, **keys: Any) -> Difference:
    one = old if isinstance(old, Workflow) else workflow(old, **keys)
    other = new if isinstance(new, Workflow) else workflow(new, **keys)
    return difference(one, other, REGISTRY)


def told(found: Difference) -> list[Any]:
    """All entries."""
    return [
        *found.added,
        *found.removed,
        *found.changed,
        *found.renamed,
        *found.edges_added,
        *found.edges_removed,
        *found.changes,
        *found.guarantees_lost,
        *found.guarantees_gained,
    ]


@given(workflows())
def test_nothing_differs_from_itself(made: Workflow) -> None:
    found = difference(made, load(dump(made)), RANDOM)
    assert found.empty
    assert told(found) == []


def noisy(data: Any, draw: Any) -> Any:
    """The same with keys in another order and edges spelt otherwise."""
    if isinstance(data, list):
        return [noisy(value, draw) for value in data]
    if not isinstance(data, dict):
        return data
    keys = draw(st.permutations(list(data)))
    made = {key: noisy(data[key], draw) for key in keys}
    for key in ("switch", "ends"):
        if isinstance(data.get(key), dict):
            made[key] = {name: made[key][name] for name in data[key]}
    if "needs" in made and {"uses", "wait", "call", "switch", "approve"} & made.keys():
        needs = made["needs"] if isinstance(made["needs"], list) else [made["needs"]]
        made["needs"] = [spelt(need) for need in draw(st.permutations(needs))]
    return made


def spelt(need: Any) -> Any:
    if not isinstance(need, str):
        return need
    return (
        need.removesuffix(".ok") if need.endswith(".ok") else need if "." in need else f"{need}.ok"
    )


@settings(max_examples=50)
@given(workflows(hostile=False), st.data())
def test_layout_is_no_difference(made: Workflow, data: st.DataObject) -> None:
    text = yaml.safe_dump(noisy(dump(made), data.draw), sort_keys=False, width=40)
    read = load_document(f"# a comment\n{text}\n# another\n", file="x.yaml").data
    found = difference(made, load(read), RANDOM)
    assert found.empty
    assert told(found) == []


def leaves(data: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*path, key))
            yield (*path, key)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from leaves(value, (*path, index))
            yield (*path, index)
    else:
        yield path


def mutated(data: Any, path: Path, how: str) -> Any:
    made = copy.deepcopy(data)
    place = made
    for part in path[:-1]:
        place = place[part]
    value = place[path[-1]]
    if how == "drop":
        del place[path[-1]]
    elif isinstance(value, bool):
        place[path[-1]] = not value
    elif isinstance(value, int | float):
        place[path[-1]] = value + 1
    elif isinstance(value, str):
        place[path[-1]] = value + "x" if how == "more" else value[1:]
    elif isinstance(value, dict):
        place[path[-1]] = dict(reversed(value.items()))
    else:
        place[path[-1]] = value[:-1]
    return made


@given(workflows(), st.data())
def test_every_mutation_shows(made: Workflow, data: st.DataObject) -> None:
    plain = dump(made)
    path = data.draw(st.sampled_from(sorted(leaves(plain), key=repr)))
    how = data.draw(st.sampled_from(["drop", "more", "less"]))
    try:
        other = load(mutated(plain, path, how))
    except ValidationError:
        assume(False)
    for old, new in ((made, other), (other, made)):
        found = difference(old, new, RANDOM)
        assert found.empty == (told(found) == [])
        if how == "drop" and len(path) == 2 and path[0] == "steps":
            assert not found.empty


@settings(max_examples=50)
@given(workflows(most=4), st.data())
def test_another_id_is_told_as_such_and_nothing_else(made: Workflow, data: st.DataObject) -> None:
    graph = build_graph(made, RANDOM)
    every = [node.path for inner in graph.walk() for node in inner.nodes.values()]
    chosen = data.draw(st.sets(st.sampled_from(sorted(set(every), key=repr)), min_size=1))
    # A step within a renamed loop is not looked for.
    chosen = {path for path in chosen if not any(path[: len(p)] == p for p in chosen - {path})}
    names = {path: f"renamed_{index}" for index, path in enumerate(sorted(chosen, key=repr))}
    other = renamed(made, graph, names)
    found = difference(made, other, RANDOM)
    assert told(found) == list(found.renamed)
    assert {name.new.rpartition("/")[2] for name in found.renamed} == {*names.values()}


def test_steps_and_edges() -> None:
    old = {"a": A, "gone": {"wait": "1h"}, "b": {"needs": "a", **A}}
    new = {"a": A, "b": {"needs": ["a.failed"], **A, "with": {"to": "y"}}, "c": {"needs": "b", **A}}
    found = between(old, new)
    assert found.added == (StepEntry("c", "uses", "test.send", ("b.ok",)),)
    assert found.removed == (StepEntry("gone", "wait", "", ()),)
    assert found.changed == (
        StepChange("b", (Change(("with", "to"), "x", "y"),), ("a.failed",), ("a.ok",)),
    )
    assert found.edges_added == (EdgeEntry("b", "a.failed"), EdgeEntry("c", "b.ok"))
    assert found.edges_removed == (EdgeEntry("b", "a.ok"),)
    assert found.renamed == ()


def test_a_step_with_another_id_is_followed_by_what_names_it() -> None:
    undo = {"uses": "test.send", "with": {"to": "${a.message_id}"}}
    old = {
        "a": {**A, "compensate": undo},
        "b": {"needs": "a", "when": "outcome.a == 'ok' && a.message_id != input.a", **A},
        "loop": {
            "for_each": {"in": "[a.message_id]", "steps": {"inner": {"when": "a.x > 1", **A}}}
        },
    }
    new = {
        "first": {**A, "compensate": {**undo, "with": {"to": "${first.message_id}"}}},
        "second": {
            "needs": "first",
            "when": "outcome.first == 'ok' && first.message_id != input.a",
            **A,
        },
        "loop": {
            "for_each": {"in": "[first.message_id]", "steps": {"ask": {"when": "first.x > 1", **A}}}
        },
    }
    keys = {"ends": {"done": "a"}, "output": {"a": "a: ${a.message_id} ${b.message_id}"}}
    keys |= {"guarantees": ["b only after a.ok", "loop/inner never after b"]}
    moved = {
        "ends": {"done": "first"},
        "output": {"a": "a: ${first.message_id} ${second.message_id}"},
    }
    moved |= {"guarantees": ["second only after first.ok", "loop/ask never after second"]}
    found = between(workflow(old, **keys), workflow(new, **moved))
    assert found.renamed == (
        Renaming("a", "first"),
        Renaming("b", "second"),
        Renaming("loop/inner", "loop/ask"),
    )
    assert told(found) == list(found.renamed)


def test_an_id_that_moved_with_a_change_is_another_step() -> None:
    found = between({"a": A, "b": {"wait": "1h"}}, {"c": {**A, "queue": "q"}, "b": {"wait": "1h"}})
    assert [entry.path for entry in (*found.added, *found.removed)] == ["c", "a"]
    assert found.renamed == ()


def test_a_member_with_the_name_of_a_step_is_left_alone() -> None:
    old = {"a": A, "b": {"needs": "a", **A, "when": "input.a.a == a.message_id"}}
    new = {"z": A, "b": {"needs": "z", **A, "when": "input.z.a == z.message_id"}}
    found = between(old, new)
    assert found.renamed == (Renaming("a", "z"),)
    change = Change(("when",), "input.a.a == z.message_id", "input.z.a == z.message_id")
    assert found.changed == (StepChange("b", (change,)),)


def test_a_join_shows_with_its_kind() -> None:
    steps = {"a": A, "b": {"wait": "1h"}}
    old = {**steps, "c": {"needs": {"any": ["a", "b"]}, **A}}
    new = {**steps, "c": {"needs": {"one": ["a", "b"]}, **A}}
    (change,) = between(old, new).changed
    edges = ["a.ok", "b.ok"]
    assert change == StepChange("c", (Change(("needs",), [{"any": edges}], [{"one": edges}]),))


def test_numbers_of_another_kind_are_another_value() -> None:
    found = between({"a": {**A, "with": {"to": 1}}}, {"a": {**A, "with": {"to": True}}})
    assert found.changed[0].changes == (Change(("with", "to"), 1, True),)


def test_cases_and_ends_have_an_order() -> None:
    old = {"a": {"switch": {"hot": "1 > 2", "warm": "2 > 1", "cold": "else"}}}
    new = {"a": {"switch": {"warm": "2 > 1", "hot": "1 > 3", "cold": "else"}}}
    (change,) = between(old, new).changed
    assert change.changes == (
        Change(("switch",), ["hot", "warm", "cold"], ["warm", "hot", "cold"]),
        Change(("switch", "hot"), "1 > 2", "1 > 3"),
    )
    one = workflow({"a": A}, ends={"x": "a", "y": "a.failed"})
    other = workflow({"a": A}, ends={"y": "a.failed", "x": "a"})
    assert between(one, other).changes == (Change(("ends",), ["x", "y"], ["y", "x"]),)


def test_the_workflows_own_keys() -> None:
    old = workflow({"a": A}, input={"x": "string"}, ends={"over": "a"}, output={"m": "1"})
    new = workflow(
        {"a": A}, input={"x": "integer", "y": "string"}, ends={"done": "a"}, timeout="3d"
    )
    assert set(map(str, between(old, new).changes)) == {
        str(Change(("input", "x"), "string", "integer")),
        str(Change(("input", "y"), ABSENT, "string")),
        str(Change(("output",), {"m": "1"}, ABSENT)),
        str(Change(("timeout",), ABSENT, "3d")),
        str(Change(("ends", "over"), ["a.ok"], ABSENT)),
        str(Change(("ends", "done"), ABSENT, ["a.ok"])),
    }


def test_guarantees_lost_and_gained() -> None:
    old = workflow({"a": A, "b": A}, guarantees=["a only after b.ok", "b never after a"])
    new = workflow({"a": A, "b": A}, guarantees=["b never after a", "at most one of [a, b]"])
    found = between(old, new)
    assert found.guarantees_lost == ("a only after b.ok",)
    assert found.guarantees_gained == ("at most one of [a, b]",)


@pytest.mark.parametrize("key", ["for_each", "repeat"])
def test_a_body_is_compared_step_by_step(key: str) -> None:
    def loop(**inner: Any) -> dict[str, Any]:
        rest = {"in": "[1]"} if key == "for_each" else {"until": "true", "max": 2}
        return {"loop": {key: {**rest, "steps": inner}}}

    found = between(loop(a=A, b={"needs": "a", **A}), loop(a=A, c={"wait": "1h"}))
    assert [entry.path for entry in found.added] == ["loop/c"]
    assert [entry.path for entry in found.removed] == ["loop/b"]
    assert found.edges_removed == (EdgeEntry("loop/b", "a.ok"),)
    assert found.changed == ()
