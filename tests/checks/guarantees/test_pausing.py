"""A step that may wait for a word on its budget has no longest time, whatever its own `timeout` says."""

from __future__ import annotations

from math import inf

import pytest

from auterity_sdk.checks.dataflow.durations import longest
from auterity_sdk.checks.guarantees.durations import bounds
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import load
from tests.checks.registry import REGISTRY

PAUSE = {"tokens": 5000, "when_over": "pause", "role": "manager", "timeout": "1h"}
ASKS = {"uses": "ai.classify", "with": {"text": "x", "labels": ["a"]}, "timeout": "1m"}


@pytest.mark.parametrize(
    ("workflow", "step", "most"),
    [
        ({}, {}, 60_000),
        ({}, {"budget": PAUSE}, inf),
        ({"budget": PAUSE}, {}, inf),
        ({"budget": {**PAUSE, "when_over": "stop", "role": None, "timeout": None}}, {}, 60_000),
    ],
)
def test_how_long_it_takes(
    workflow: dict[str, object], step: dict[str, object], most: float
) -> None:
    steps = {"a": {**ASKS, **step}, "b": {"uses": "task.assign", "timeout": "1m"}}
    made = load({"auterity": 1, "name": "t", "steps": steps, **workflow})
    nodes = build_graph(made, REGISTRY).nodes
    assert bounds(nodes["a"], "ok").most == most
    assert (longest(nodes["a"]) == inf) == (most == inf)
    assert bounds(nodes["b"], "ok").most == 60_000
