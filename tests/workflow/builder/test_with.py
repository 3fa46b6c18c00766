"""The `with`s around a step are its needs: `language.md` section 7."""

# ruff: noqa: F841 - the name that a step is assigned to is its id

from __future__ import annotations

import pytest

from auterity_sdk.errors import BuildError
from auterity_sdk.workflow.builder import (
    any_of,
    at_least,
    edge,
    first_of,
    for_each,
    one_of,
    optional,
    outcome,
    switch,
    uses,
    wait,
    workflow,
)
from tests.workflow.builder.flows import Lead, Sorted, needs_of, send, sort, steps_of


def test_each_with_is_one_of_the_needs() -> None:
    def flow() -> None:
        a = sort(name="a")
        b = sort(name="b")
        with a.new, b.known:
            c = wait("1d")
        with any_of(a.known, b.new), one_of(a.new, b.new):
            d = wait("1d")

    assert needs_of(flow) == {
        "a": None,
        "b": None,
        "c": ["a.new", "b.known"],
        "d": [{"any": ["a.known", "b.new"]}, {"one": ["a.new", "b.new"]}],
    }


def test_joins_keep_their_kind_count_and_cancel_rest() -> None:
    def flow() -> None:
        a = sort(name="a")
        b = wait("1d")
        with first_of(a.new, b.ok, cancel_rest=True):
            c = wait("1d")
        with at_least(2, a.new, a.failed, b.done):
            d = wait("1d")

    assert needs_of(flow)["c"] == {"first": ["a.new", "b"], "cancel_rest": True}
    assert needs_of(flow)["d"] == {"at_least": 2, "of": ["a.new", "a.failed", "b.done"]}


def test_a_with_is_left_out_where_the_one_further_in_leaves_steps_made_inside_it() -> None:
    def flow() -> None:
        seen = sort(name="x")
        with seen.new:
            route = switch(hot=outcome(seen) == "new", cold=True)
            with route.hot:
                a = wait("1d")
                with a.ok:
                    b = wait("1d")

    assert needs_of(flow)["a"] == "route.hot"
    assert needs_of(flow)["b"] == "a"


def test_a_with_stays_where_one_edge_further_in_leaves_a_step_made_outside() -> None:
    def flow() -> None:
        seen, other = sort(name="x"), sort(name="y")
        with seen.new:
            a = wait("1d")
            with any_of(a.ok, other.known):
                b = wait("1d")

    assert needs_of(flow)["b"] == ["seen.new", {"any": ["a", "other.known"]}]


def test_ok_edges_of_what_is_read_take_the_place_of_a_with() -> None:
    def flow() -> None:
        seen = sort(name="x")
        with seen.new:
            a = send(to="a")
            b = send(to="b")
            both = send(to=a.message_id, body=b.message_id)
            looked = send(to=optional(a).message_id.or_value(""))
            inner = sort(name="z")
            read = send(to="c", body=inner.score)  # type: ignore[arg-type]

    assert needs_of(flow)["both"] == ["a", "b"]
    assert needs_of(flow)["looked"] == "seen.new"
    assert needs_of(flow)["read"] == "seen.new"


def test_without_a_with_the_needs_follow_from_what_is_read() -> None:
    def flow() -> None:
        a = send(to="a")
        b = send(to=a.message_id)

    assert needs_of(flow) == {"a": None, "b": None}


def test_needs_as_an_option_stand_in_place_of_the_withs() -> None:
    def flow() -> None:
        a, b = sort(name="a"), sort(name="b")
        with a.new:
            c = wait.options(needs=[b.known, any_of(a.failed, b.failed)])("1d")

    assert needs_of(flow)["c"] == ["b.known", {"any": ["a.failed", "b.failed"]}]


def test_a_body_begins_without_the_withs_around_it() -> None:
    def flow(lead: Lead) -> None:
        seen = sort(name="x")
        with seen.new:

            @for_each(lead.tags)
            def each(tag: str) -> None:
                a = send(to=tag, body=lead.name)
                with a.ok:
                    b = wait("1d")

    steps = steps_of(flow)
    assert steps["each"]["needs"] == "seen.new"
    assert steps["each"]["for_each"]["steps"]["b"]["needs"] == "a"
    assert "needs" not in steps["each"]["for_each"]["steps"]["a"]


def test_what_a_body_reads_counts_as_read_by_its_step() -> None:
    def flow(lead: Lead) -> None:
        seen = sort(name="x")
        with seen.new:
            a = send(to="a")

            @for_each(lead.tags)
            def each(item: str) -> None:
                b = send(to=a.message_id)

    assert needs_of(flow)["each"] == "a"


def test_members_of_an_unknown_step_type_are_values_or_outcomes() -> None:
    def flow() -> None:
        a = uses("crm.find")(name="x")
        with a.found:
            b = uses("crm.note")(id=a.record.id)
        with any_of(a.missing, edge(a, "class")):
            c = wait("1d")

    steps = steps_of(flow)
    assert steps["b"] == {"needs": "a.found", "uses": "crm.note", "with": {"id": "${a.record.id}"}}
    assert steps["c"]["needs"] == {"any": ["a.missing", "a.class"]}


def test_an_outcome_of_no_step_is_refused() -> None:
    def flow() -> None:
        with Sorted.new:
            wait.options(id="a")("1d")

    with pytest.raises(BuildError, match="`new` is the outcome of no step"):
        needs_of(flow)


def test_an_edge_of_a_step_around_a_body_is_refused() -> None:
    def flow(lead: Lead) -> None:
        a = sort(name="x")

        @for_each(lead.tags)
        def each(item: str) -> None:
            with a.new:
                b = wait("1d")

    with pytest.raises(BuildError, match="`a` is a step of another graph"):
        needs_of(flow)


def test_a_value_inside_a_body_is_not_seen_outside() -> None:
    def flow(lead: Lead) -> None:
        leaked = []

        @for_each(lead.tags)
        def each(item: str) -> None:
            b = send(to=item)
            leaked.append(b)

        c = send(to=leaked[0].message_id)

    with pytest.raises(BuildError, match="`b` is inside a body"):
        needs_of(flow)


def test_a_with_outside_of_a_workflow_is_refused() -> None:
    kept = []

    @workflow()
    def flow() -> None:
        a = wait("1d")
        kept.append(a)

    assert flow.workflow.name == "flow"
    with pytest.raises(BuildError, match="inside a workflow function only"):
        kept[0].ok.__enter__()


def test_an_uncertain_end_is_an_edge_as_any_other() -> None:
    def flow() -> None:
        a = sort(name="a")
        with a.uncertain:
            b = wait("1d")

    assert needs_of(flow)["b"] == "a.uncertain"
