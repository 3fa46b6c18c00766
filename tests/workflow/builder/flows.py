"""Step types for the builder's tests, and a short way to the steps of a workflow function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import BaseModel

from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.builder import workflow
from auterity_sdk.workflow.model import dump


class Lead(BaseModel):
    name: str
    phone: str | None = None
    tags: list[str] = []


class Sorted(Output):
    new: ClassVar[Outcome] = Outcome()
    known: ClassVar[Outcome] = Outcome()
    score: float


class Sent(Output):
    message_id: str
    count: int = 0


@step(name="test.sort")
async def sort(name: str, hint: object = None) -> Sorted:
    return Sorted.new(Sorted(score=len(name)))


@step(name="test.send")
async def send(to: str, body: str = "") -> Sent:
    return Sent(message_id=to + body)


def data_of(function: Callable[..., Any], **keys: Any) -> dict[str, Any]:
    """The workflow of a function as a file would hold it."""
    return dump(workflow(**keys)(function).workflow)


def steps_of(function: Callable[..., Any]) -> dict[str, Any]:
    steps: dict[str, Any] = data_of(function)["steps"]
    return steps


def needs_of(function: Callable[..., Any]) -> dict[str, Any]:
    return {step_id: data.get("needs") for step_id, data in steps_of(function).items()}
