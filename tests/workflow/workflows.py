"""Small workflows for tests of the graph and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.graph import Graph, build_graph
from auterity_sdk.workflow.model import Workflow, load


class Sorted(Output):
    new: ClassVar[Outcome] = Outcome()
    known: ClassVar[Outcome] = Outcome()
    score: float


class Sent(Output):
    message_id: str


@step(name="test.sort")
async def sort(name: str) -> Sorted:
    return Sorted.new(Sorted(score=len(name)))


@step(name="test.send")
async def send(to: str, body: str = "") -> Sent:
    return Sent(message_id=to)


REGISTRY = Registry().extended([sort, send])


def workflow(steps: Mapping[str, Any], **keys: Any) -> Workflow:
    return load({"auterity": 1, "name": "test", "steps": steps, **keys})


def graph(steps: Mapping[str, Any], **keys: Any) -> Graph:
    return build_graph(workflow(steps, **keys), REGISTRY)
