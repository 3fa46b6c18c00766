"""Each kind of step, its options, and the workflow's own keys."""

# ruff: noqa: F841 - the name that a step is assigned to is its id

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from auterity_sdk.errors import BuildError
from auterity_sdk.workflow.builder import (
    FileType,
    approve,
    call,
    compensate,
    days,
    ends,
    event,
    first_of,
    for_each,
    inputs,
    more,
    receive,
    repeat,
    run,
    switch,
    until,
    uses,
    wait,
    where,
    workflow,
)
from tests.workflow.builder.flows import Lead, data_of, send, steps_of


def test_a_switch_ends_with_else() -> None:
    def flow(lead: Lead) -> None:
        route = switch(hot=lead.name == "x", always=True, cold=True)

    cases = {"hot": "input.lead.name == 'x'", "always": "true", "cold": "else"}
    assert steps_of(flow)["route"]["switch"] == cases
    assert list(steps_of(flow)["route"]["switch"]) == list(cases)


def test_approve_asks_with_a_form() -> None:
    def flow(lead: Lead) -> None:
        agreed = approve(
            role="gm",
            quorum=2,
            title="Price",
            form={"price": float, "why": {"type": "string", "default": "-"}},
            edit={"price": 3},
            exclude="requester",
            remind={"every": "1h"},
            escalate={"after": "4h", "role": "owner"},
            timeout=timedelta(hours=8),
            default="rejected",
        )
        b = send(to=agreed["price"])

    assert steps_of(flow)["agreed"]["approve"] == {
        "role": "gm",
        "quorum": 2,
        "title": "Price",
        "form": {"price": "number", "why": {"type": "string", "default": "-"}},
        "edit": {"price": 3},
        "exclude": "requester",
        "remind": {"every": "1h"},
        "escalate": {"after": "4h", "role": "owner"},
        "timeout": "8h",
        "default": "rejected",
    }
    assert steps_of(flow)["b"]["with"] == {"to": "${agreed.price}"}


def test_receive_and_wait() -> None:
    def flow(lead: Lead) -> None:
        reply = receive("sms.received", match=event["from"] == lead.phone, timeout="2d")
        a = wait("2d")
        b = wait(business="4h", calendar="sales")
        c = wait(run.now + days(2))
        d = wait("2026-01-02T03:04:05Z")

    steps = steps_of(flow)
    assert steps["reply"]["receive"] == {
        "event": "sms.received",
        "match": "event.from == input.lead.phone",
        "timeout": "2d",
    }
    assert [steps[name]["wait"] for name in "abcd"] == [
        "2d",
        {"business": "4h", "calendar": "sales"},
        "${run.now + days(2)}",
        "2026-01-02T03:04:05Z",
    ]


def test_for_each_has_a_body_with_an_output() -> None:
    def flow(lead: Lead) -> dict[str, Any]:
        @for_each.options(timeout="1h")(lead.tags, max_parallel=3, first=2)
        def sent(tag: str, tag_index: int) -> dict[str, Any]:
            one = send(to=tag)
            where(one.count > tag_index)
            return {"id": one.message_id}

        with first_of(sent.ok, sent.exhausted):
            done = wait("1d")
        return {"all": sent.results, "bad": sent.failures}

    data = data_of(flow)
    assert data["steps"]["sent"] == {
        "for_each": {
            "in": "input.lead.tags",
            "as": "tag",
            "max_parallel": 3,
            "first": 2,
            "where": "one.count > tag_index",
            "steps": {"one": {"uses": "test.send", "with": {"to": "${tag}"}}},
            "output": {"id": "${one.message_id}"},
        },
        "timeout": "1h",
    }
    assert data["output"] == {"all": "${sent.results}", "bad": "${sent.failures}"}


def test_an_item_says_which_others_come_to_those_that_there_are() -> None:
    def flow(lead: Lead) -> None:
        @for_each(lead.tags, max=5)
        def sent(tag: str) -> None:
            one = send(to=tag)
            more([one.message_id])

    made = data_of(flow)["steps"]["sent"]["for_each"]
    assert (made["more"], made["max"]) == ("[one.message_id]", 5)


def test_item_is_the_name_without_as() -> None:
    def flow(lead: Lead) -> None:
        @for_each(lead.tags, until_failures="20%")
        def sent(item: str, index: int) -> None:
            one = send(to=item)

    assert steps_of(flow)["sent"]["for_each"]["until_failures"] == "20%"
    assert "as" not in steps_of(flow)["sent"]["for_each"]


def test_the_index_has_one_name() -> None:
    def flow(lead: Lead) -> None:
        @for_each(lead.tags)
        def sent(tag: str, number: int) -> None:
            one = send(to=tag)

    with pytest.raises(BuildError, match="the second parameter is the index, `tag_index`"):
        steps_of(flow)


def test_repeat_binds_its_round() -> None:
    def flow() -> dict[str, Any]:
        @repeat(max=5, every="1d")
        def chase(day_index: int, day_previous: Any) -> Any:
            one = send(to="x", body=day_previous.id)
            until((one.count > 3) | (day_index == 4))
            return one

        return {"last": chase.last, "rounds": chase.rounds}

    data = data_of(flow)
    assert data["steps"]["chase"]["repeat"] == {
        "max": 5,
        "every": "1d",
        "as": "day",
        "steps": {"one": {"uses": "test.send", "with": {"to": "x", "body": "${day_previous.id}"}}},
        "until": "one.count > 3 || day_index == 4",
        "output": "${one}",
    }
    assert data["output"] == {"last": "${chase.last}", "rounds": "${chase.rounds}"}


def test_call_names_a_workflow_or_takes_it() -> None:
    @workflow(name="child-flow")
    def child(lead: Lead) -> None:
        a = wait("1d")
        ends(sold=a.ok)

    def flow(lead: Lead) -> None:
        one = call(child, lead=lead)
        two = call("child-flow@abc", lead=lead)
        with one.sold, two.lost:
            three = send(to=one.price)

    steps = steps_of(flow)
    assert steps["one"] == {"call": "child-flow", "with": {"lead": "${input.lead}"}}
    assert steps["two"]["call"] == "child-flow@abc"
    assert steps["three"]["needs"] == ["one.sold", "two.lost"]


def test_options_are_the_keys_of_a_step() -> None:
    def flow(lead: Lead) -> None:
        one = send.options(
            description="Text them.",
            when=lead.phone != None,  # noqa: E711 - `is` cannot be caught
            retry={"attempts": 4, "initial": timedelta(seconds=2), "timeout": "10s"},
            timeout=days(1),
            lock=lead.name,
            cache={"key": lead.name, "age": "1d"},
            queue="bulk",
        )(to="x")
        compensate(one, uses("sms.recall").options(timeout="5s"), id=one.message_id)

    assert steps_of(flow)["one"] == {
        "description": "Text them.",
        "when": "input.lead.phone != null",
        "uses": "test.send",
        "with": {"to": "x"},
        "retry": {"attempts": 4, "initial": "2s", "timeout": "10s"},
        "timeout": "${days(1)}",
        "lock": "input.lead.name",
        "cache": {"key": "input.lead.name", "age": "1d"},
        "queue": "bulk",
        "compensate": {"uses": "sms.recall", "with": {"id": "${one.message_id}"}, "timeout": "5s"},
    }


def test_options_leave_the_step_type_as_it_was() -> None:
    send.options(id="other", timeout="5s")

    def flow() -> None:
        one = send("x")

    assert steps_of(flow) == {"one": {"uses": "test.send", "with": {"to": "x"}}}


class Box(BaseModel):
    size: int


def test_parameters_are_the_input() -> None:
    def flow(
        box: Box,
        words: str,
        many: list[str],
        box_or_none: Box | None = None,
        share: Annotated[float, Field(ge=0, le=1)] = 0.5,
        raw: Annotated[Any, FileType({"type": "string", "maxLength": 3})] = "x",
    ) -> None:
        one = send(to=words, body=inputs["class"])

    data = data_of(flow, input={"class": "string"})["input"]
    assert data.pop("box_or_none")["default"] is None
    assert data == {
        "class": "string",
        "box": "Box",
        "words": "string",
        "many": {"type": "array", "items": {"type": "string"}},
        "share": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5},
        "raw": {"type": "string", "maxLength": 3, "default": "x"},
    }


def test_the_top_keys_of_a_file_are_the_keywords_of_workflow() -> None:
    keys: dict[str, Any] = {
        "name": "lead-flow",
        "description": "What ${it} does",
        "labels": {"team": "bdc"},
        "triggers": [{"webhook": {"path": "leads", "format": "adf"}}],
        "concurrency": {"key": "input.lead.name", "when_full": "replace"},
        "idempotency_key": "input.lead.name",
        "timeout": "30d",
        "guarantees": ["one only after start"],
    }

    def flow(lead: Lead) -> None:
        one = send(to=lead.name)
        ends(over=one.ok, lost=[one.failed, first_of(one.done, cancel_rest=True)])

    data = data_of(flow, **keys)
    assert {key: data[key] for key in keys} == keys
    assert data["ends"] == {
        "over": "one",
        "lost": ["one.failed", {"first": ["one.done"], "cancel_rest": True}],
    }


def test_the_function_gives_the_name() -> None:
    def lead_response() -> None:
        one = wait("1d")

    assert data_of(lead_response)["name"] == "lead-response"


def test_names_in_pairs_and_walrus_and_annotations_are_ids() -> None:
    def flow() -> None:
        a, b = wait("1d"), wait("2d")
        c: Any = wait("3d")
        if (d := wait("4d")) is not a:
            e = wait.options(
                description="over lines",
            )(
                "5d",
            )

    with pytest.raises(BuildError, match="`is` asks"):
        steps_of(flow)

    def right() -> None:
        a, b = wait("1d"), wait("2d")
        c: Any = wait("3d")
        with (d := wait("4d")).ok:
            f = wait("6d")
        e = wait.options(
            description="over lines",
        )(
            "5d",
        )

    assert {key: step["wait"] for key, step in steps_of(right).items()} == {
        "a": "1d", "b": "2d", "c": "3d", "d": "4d", "e": "5d", "f": "6d",
    }  # fmt: skip
