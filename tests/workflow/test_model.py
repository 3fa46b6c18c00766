"""The model: what it accepts, refuses, and gives back unchanged."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from auterity_sdk.workflow.model import Workflow, dump, load
from auterity_sdk.workflow.step import KIND_TAGS

EVERYTHING: dict[str, Any] = {
    "auterity": 1,
    "name": "every-key",
    "description": "each key of the language once",
    "labels": {"team": "bdc"},
    "input": {"lead": "Lead", "least": {"type": "number", "default": 50}},
    "triggers": [
        {"webhook": {"path": "leads", "format": "adf"}},
        {"event": {"type": "crm.lead.created", "match": "event.id != ''"}},
        {"schedule": {"cron": "0 8 * * mon-sat", "timezone": "America/Chicago"}},
    ],
    "concurrency": {"key": "input.lead.id", "limit": 2, "when_full": "replace"},
    "idempotency_key": "input.lead.id",
    "timeout": "30d",
    "steps": {
        "score": {
            "description": "how likely",
            "uses": "lead.score",
            "with": {"lead": "${input.lead}"},
            "retry": {
                "attempts": 4,
                "initial": "1500ms",
                "factor": 3,
                "max": "10s",
                "jitter": False,
                "timeout": "${input.least}",
                "on": ["network"],
            },
            "timeout": "1m",
            "lock": "input.lead.id",
            "cache": {"key": "input.lead.id", "age": "1h"},
            "queue": "slow",
            "compensate": {"uses": "lead.forget", "with": {"id": "x"}, "timeout": "5s"},
        },
        "route": {"switch": {"hot": "score.score >= 80", "cold": "else"}},
        "desk": {
            "needs": "route.hot",
            "approve": {
                "role": "desk",
                "quorum": 2,
                "title": "Look",
                "form": {"price": "number"},
                "edit": {"body": "x"},
                "exclude": "requester",
                "remind": {"every": "1h"},
                "escalate": {"after": "2h", "role": "gm"},
                "timeout": "1d",
                "default": "rejected",
            },
        },
        "reply": {
            "needs": {"first": ["desk.approved", "desk.rejected"], "cancel_rest": True},
            "receive": {"event": "sms.received", "match": "event.from == ''", "timeout": "2d"},
        },
        "pause": {"needs": ["reply.received"], "wait": {"business": "4h", "calendar": "sales"}},
        "until": {"needs": {"any": ["route.cold", "pause"]}, "wait": "2026-01-01T08:00:00Z"},
        "each": {
            "when": "size(input.lead) > 0",
            "for_each": {
                "in": "input.lead",
                "as": "lender",
                "max_parallel": 3,
                "until_failures": "20%",
                "first": 1,
                "where": "submit.message_id != ''",
                "steps": {"submit": {"uses": "sms.send"}},
                "output": {"id": "${submit.message_id}"},
            },
            "timeout": "1h",
        },
        "again": {
            "needs": {"at_least": 1, "of": ["each.ok", "each.exhausted"]},
            "repeat": {
                "steps": {"ask": {"wait": "1d"}},
                "until": "index > 2",
                "max": 3,
                "every": "1h",
                "as": "day",
                "output": "${previous}",
            },
        },
        "child": {"needs": {"one": ["again.ok"]}, "call": "other@1", "with": {"a": 1}},
    },
    "ends": {"done": "child", "gone": {"first": ["score.failed"], "cancel_rest": True}},
    "guarantees": ["desk only after route.hot"],
    "output": {"end": "${run.end}"},
}


def test_every_key_of_the_language_comes_back_as_it_was() -> None:
    model = load(EVERYTHING)
    written = dump(model)
    assert load(written) == model
    assert written["steps"]["each"] == EVERYTHING["steps"]["each"]
    assert written["steps"]["reply"] == EVERYTHING["steps"]["reply"]
    assert written["ends"] == EVERYTHING["ends"]


def test_defaults_are_left_out() -> None:
    written = dump(load({"auterity": 1, "name": "a", "steps": {"s": {"uses": "x", "with": {}}}}))
    assert written == {"auterity": 1, "name": "a", "steps": {"s": {"uses": "x"}}}


def found(**change: Any) -> set[tuple[str, tuple[Any, ...]]]:
    data = {"auterity": 1, "name": "a", "steps": {"s": {"uses": "x"}}, **change}
    with pytest.raises(ValidationError) as caught:
        load(data)
    return {
        (error["type"], tuple(part for part in error["loc"] if part not in KIND_TAGS))
        for error in caught.value.errors()
    }


@pytest.mark.parametrize(
    ("steps", "type", "path"),
    [
        ({"s": {"uses": "x", "need": "a"}}, "extra_forbidden", ("s", "need")),
        ({"s": {"with": {}}}, "missing_kind", ("s",)),
        ({"s": {"uses": "x", "wait": "1d"}}, "extra_forbidden", ("s", "wait")),
        ({"s": {"uses": 5}}, "string_type", ("s", "uses")),
        ({"1s": {"uses": "x"}}, "string_pattern_mismatch", ("1s", "[key]")),
        ({"s": {"uses": "x", "timeout": 5}}, "bad_duration", ("s", "timeout")),
        ({"s": {"wait": "5"}}, "bad_duration", ("s", "wait")),
        ({"s": {"wait": "1m1h"}}, "bad_duration", ("s", "wait")),
        ({"s": {"uses": "x", "needs": []}}, "bad_join", ("s", "needs")),
        ({"s": {"uses": "x", "needs": "a b"}}, "bad_edge", ("s", "needs")),
        ({"s": {"uses": "x", "needs": ["a", {"any": ["a", 3]}]}}, "bad_edge", ("s", "needs", 1, "any", 1)),
        ({"s": {"uses": "x", "needs": {"one": ["a", "a"]}}}, "duplicate_edge", ("s", "needs", "one", 1)),
        ({"s": {"uses": "x", "needs": {"any": ["a"], "one": ["b"]}}}, "bad_join", ("s", "needs")),
        ({"s": {"uses": "x", "needs": {"at_least": 3, "of": ["a", "b"]}}}, "bad_join", ("s", "needs", "at_least")),
        ({"s": {"uses": "x", "needs": {"any": ["a"], "cancel_rest": True}}}, "bad_join", ("s", "needs", "cancel_rest")),
        ({"s": {"approve": {"role": "a", "default": "approved"}}}, "conflicting_keys", ("s", "approve")),
        ({"s": {"approve": {"role": "a", "remind": {}}}}, "conflicting_keys", ("s", "approve", "remind")),
        ({"s": {"for_each": {"in": "x", "steps": {}}}}, "too_short", ("s", "for_each", "steps")),
        ({"s": {"for_each": {"in": "x", "where": "y", "steps": {"t": {"uses": "x"}}}}}, "conflicting_keys", ("s", "for_each")),
        ({"s": {"for_each": {"in": "x", "until_failures": "0%", "steps": {"t": {"uses": "x"}}}}}, "bad_failures", ("s", "for_each", "until_failures")),
        ({"s": {"repeat": {"until": "x", "steps": {"t": {"use": "x"}}}}}, "missing_kind", ("s", "repeat", "steps", "t")),
        ({"s": {"switch": {}}}, "too_short", ("s", "switch")),
        ({"s": {"uses": "x", "retry": {"attempts": 0}}}, "greater_than_equal", ("s", "retry", "attempts")),
    ],
)  # fmt: skip
def test_a_wrong_step_is_refused_at_its_own_place(
    steps: Any, type: str, path: tuple[Any, ...]
) -> None:
    assert (type, ("steps", *path)) in found(steps=steps)


@pytest.mark.parametrize(
    ("change", "type", "path"),
    [
        ({"auterity": 2}, "literal_error", ("auterity",)),
        ({"name": "Lead Response"}, "string_pattern_mismatch", ("name",)),
        ({"stepz": {}}, "extra_forbidden", ("stepz",)),
        ({"steps": {}}, "too_short", ("steps",)),
        ({"triggers": [{"webhook": {"path": "a"}, "event": {"type": "b"}}]}, "conflicting_keys", ("triggers", 0)),
        ({"output": ["a"]}, "bad_output", ("output",)),
        ({"output": "text"}, "bad_output", ("output",)),
        ({"input": {"a": 5}}, "bad_type", ("input", "a")),
        ({"concurrency": {"key": "a", "when_full": "drop"}}, "literal_error", ("concurrency", "when_full")),
        ({"timeout": "101y"}, "bad_duration", ("timeout",)),
    ],
)  # fmt: skip
def test_a_wrong_workflow_is_refused_at_its_own_place(
    change: Any, type: str, path: tuple[Any, ...]
) -> None:
    assert (type, path) in found(**change)


def test_the_model_cannot_be_changed() -> None:
    model = load({"auterity": 1, "name": "a", "steps": {"s": {"uses": "x"}}})
    assert isinstance(model, Workflow)
    with pytest.raises(ValidationError, match="frozen"):
        model.name = "b"
