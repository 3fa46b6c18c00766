"""The graph: edges from `needs` and from reads, outcomes, bodies, order."""

from __future__ import annotations

from typing import Any

import pytest

from auterity_sdk.workflow.graph import Graph, build_graph
from tests.workflow.workflows import REGISTRY, graph, workflow


def needs(made: Graph, step: str) -> list[str]:
    return [str(need) for group in made.nodes[step].needs for need in group.edges]


def test_without_needs_the_plain_reads_are_needs() -> None:
    made = graph(
        {
            "a": {"uses": "test.send", "with": {"to": "x"}},
            "b": {"uses": "test.send", "with": {"to": "x"}},
            "c": {
                "uses": "test.send",
                "with": {"to": "${a.message_id} ${b.?message_id.orValue('')} ${outcome.b}"},
            },
        }
    )
    assert needs(made, "c") == ["a.ok"]
    assert made.nodes["c"].implicit
    assert {(read.step, read.plain) for read in made.nodes["c"].reads} == {
        ("a", True),
        ("b", False),
    }
    assert made.digraph.edges["a", "c"] == {"outcomes": ["ok"], "read": True}
    assert made.digraph.edges["b", "c"] == {"outcomes": [], "read": True}


def test_an_edge_without_an_outcome_is_ok() -> None:
    made = graph({"a": {"wait": "1d"}, "b": {"needs": "a", "wait": "1d"}})
    assert needs(made, "b") == ["a.ok"]
    assert made.nodes["b"].needs[0].places[0].path == ("steps", "b", "needs")


def test_every_edge_knows_its_place() -> None:
    made = graph(
        {
            "a": {"wait": "1d"},
            "b": {"needs": ["a", {"at_least": 1, "of": ["a.ok", "c.x"]}], "wait": "1d"},
        }
    )
    places = [place.path for group in made.nodes["b"].needs for place in group.places]
    inside = ("steps", "b", "needs")
    assert places == [(*inside, 0), (*inside, 1, "of", 0), (*inside, 1, "of", 1)]


@pytest.mark.parametrize(
    ("step", "outcomes"),
    [
        ({"uses": "test.sort", "with": {"name": "x"}}, ("new", "known")),
        ({"uses": "test.send", "with": {"to": "x"}}, ("ok",)),
        ({"uses": "nobody.knows"}, None),
        ({"switch": {"hot": "true", "cold": "else"}}, ("hot", "cold")),
        ({"approve": {"role": "r"}}, ("approved", "rejected")),
        ({"approve": {"role": "r", "timeout": "1d"}}, ("approved", "rejected", "timeout")),
        (
            {"approve": {"role": "r", "timeout": "1d", "default": "rejected"}},
            ("approved", "rejected"),
        ),
        ({"receive": {"event": "e"}}, ("received",)),
        ({"receive": {"event": "e", "timeout": "1d"}}, ("received", "timeout")),
        ({"wait": "1d"}, ("ok",)),
        ({"for_each": {"in": "[1]", "steps": {"b": {"wait": "1d"}}}}, ("ok",)),
        (
            {"for_each": {"in": "[1]", "first": 1, "steps": {"b": {"wait": "1d"}}}},
            ("ok", "exhausted"),
        ),
        ({"repeat": {"until": "true", "steps": {"b": {"wait": "1d"}}}}, ("ok", "exhausted")),
        ({"call": "child"}, ("won", "lost")),
        ({"call": "child@3"}, None),
        ({"call": "plain"}, ("ok",)),
        ({"call": "nobody"}, None),
    ],
)
def test_the_outcomes_of_each_kind(step: dict[str, Any], outcomes: tuple[str, ...] | None) -> None:
    ends = {"won": "a", "lost": "a.failed"}
    steps = {"a": {"wait": "1d"}}
    child = workflow(steps, ends=ends).model_copy(update={"name": "child"})
    plain = workflow(steps).model_copy(update={"name": "plain"})
    known = REGISTRY.extended(workflows=[child, plain])
    assert build_graph(workflow({"s": step}), known).nodes["s"].outcomes == outcomes


def test_what_a_body_reads_outside_is_read_by_the_step_around_it() -> None:
    made = graph(
        {
            "a": {"uses": "test.send", "with": {"to": "x"}},
            "outer": {
                "for_each": {
                    "in": "[1]",
                    "as": "x",
                    "steps": {
                        "inner": {
                            "repeat": {
                                "until": "deep.message_id == a.message_id",
                                "steps": {
                                    "deep": {"uses": "test.send", "with": {"to": "${a.message_id}"}}
                                },
                            }
                        }
                    },
                }
            },
        }
    )
    outer = made.nodes["outer"]
    assert needs(made, "outer") == ["a.ok"]
    assert {(read.step, read.inside) for read in outer.reads} == {("a", True)}
    assert outer.body is not None
    inner = outer.body.nodes["inner"]
    assert inner.reads == ()
    assert inner.body is not None
    assert [each.path for each in made.walk()] == [
        (),
        ("steps", "outer", "for_each"),
        ("steps", "outer", "for_each", "steps", "inner", "repeat"),
    ]
    assert outer.body.bound == ("x", "x_index")
    assert inner.body.bound == ("previous", "index")


def test_a_compensation_reads_its_own_step_without_a_cycle() -> None:
    undo = {"uses": "test.send", "with": {"to": "${a.message_id}"}}
    made = graph({"a": {"uses": "test.send", "with": {"to": "x"}, "compensate": undo}})
    assert made.nodes["a"].reads == ()
    assert made.order == ("a",)


def test_the_order_is_topological_with_ties_by_id() -> None:
    made = graph(
        {
            "z": {"wait": "1d"},
            "m": {"needs": "z", "wait": "1d"},
            "a": {"needs": "z", "wait": "1d"},
            "b": {"wait": "1d"},
        }
    )
    assert made.order == ("b", "z", "a", "m")


def test_a_cycle_has_no_order() -> None:
    made = graph({"a": {"needs": "b", "wait": "1d"}, "b": {"needs": "a", "wait": "1d"}})
    assert made.order is None


def test_a_broken_step_is_known_by_name() -> None:
    made = build_graph(
        workflow({"a": {"needs": "bad.new", "wait": "1d"}}), REGISTRY, {"bad": ("steps", "bad")}
    )
    assert made.nodes["bad"].outcomes is None
    assert made.order == ("bad", "a")


def test_a_hundred_thousand_steps_in_a_row_need_no_recursion() -> None:
    steps = {"s0": {"wait": "1d"}}
    steps |= {f"s{i}": {"needs": f"s{i - 1}", "wait": "1d"} for i in range(1, 100_000)}
    order = graph(steps).order
    assert order is not None
    assert order[0] == "s0"
    assert order[-1] == "s99999"
