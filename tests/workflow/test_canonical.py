"""The canonical form: equal meaning is equal text, another meaning another version."""

from __future__ import annotations

from typing import Any

import pytest

from auterity_sdk.workflow.canonical import canonical_data, canonical_json, version
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow
from tests.workflow.workflows import REGISTRY, workflow


def version_of(made: Workflow) -> str:
    return version(made, build_graph(made, REGISTRY))


A = {"uses": "test.send", "with": {"to": "x"}}
SWITCH = {"hot": "1 > 2", "cold": "2 > 1", "rest": "else"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": A, "b": {"needs": "a", **A}}, {"b": {"needs": ["a.ok"], **A}, "a": A}),
        (
            {"a": A, "b": {"uses": "test.send", "with": {"to": "${a.message_id}"}}},
            {
                "a": A,
                "b": {"needs": "a.ok", "uses": "test.send", "with": {"to": "${a.message_id}"}},
            },
        ),
        (
            {"a": A, "b": A, "c": {"needs": {"any": ["a", "b.ok"]}, **A}},
            {"a": A, "b": A, "c": {"needs": [{"any": ["b", "a"]}], **A}},
        ),
        ({"a": {"wait": "90m"}}, {"a": {"wait": "1h30m"}}),
        ({"a": {**A, "retry": {"attempts": 3}}}, {"a": {**A, "retry": {}}}),
    ],
)
def test_other_spellings_of_one_meaning_have_one_version(one: Any, other: Any) -> None:
    assert version_of(workflow(one)) == version_of(workflow(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": {"switch": SWITCH}}, {"a": {"switch": {"cold": "2 > 1", "hot": "1 > 2", "rest": "else"}}}),
        ({"a": A, "b": {"needs": "a", **A}}, {"a": A, "b": {"needs": "a.failed", **A}}),
        ({"a": A}, {"a": {**A, "retry": {}}}),
        ({"a": A}, {"a": {"uses": "test.send", "with": {"to": "y"}}}),
    ],
)  # fmt: skip
def test_another_meaning_has_another_version(one: Any, other: Any) -> None:
    assert version_of(workflow(one)) != version_of(workflow(other))


def test_the_order_of_ends_has_a_meaning() -> None:
    first = workflow({"a": A}, ends={"x": "a", "y": "a.failed"})
    second = workflow({"a": A}, ends={"y": "a.failed", "x": "a"})
    assert version_of(first) != version_of(second)


def test_bodies_are_written_in_full_too() -> None:
    body = {"for_each": {"in": "[1]", "steps": {"b": A, "c": {"needs": "b", **A}}}}
    made = workflow({"a": body})
    data = canonical_data(made, build_graph(made, REGISTRY))
    assert data["steps"]["a"]["for_each"]["steps"]["c"]["needs"] == ["b.ok"]


def test_the_text_is_sorted_json_without_spaces() -> None:
    made = workflow({"b": A, "a": {"wait": "1d"}}, description="Grüße")
    text = canonical_json(made, build_graph(made, REGISTRY)).decode()
    assert text == (
        '{"auterity":1,"description":"Grüße","name":"test","steps":{"a":{"wait":"1d"},'
        '"b":{"uses":"test.send","with":{"to":"x"}}}}'
    )
    assert len(version_of(made)) == 64
