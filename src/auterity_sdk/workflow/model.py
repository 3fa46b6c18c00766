"""A workflow as it is written: the one model that YAML and Python both load into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from auterity_sdk.workflow.budget import Budget
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.key_types import (
    Expression,
    Identifier,
    Output,
    Priority,
    TypeExpression,
)
from auterity_sdk.workflow.needs import Join, Needs
from auterity_sdk.workflow.part import Part
from auterity_sdk.workflow.step import Steps
from auterity_sdk.workflow.trigger import Trigger

LANGUAGE_VERSION = 1
"""The value of the top key `auterity`, by which a workflow file is known."""

WorkflowName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=100)
]


class Concurrency(Part):
    """At most `limit` runs with an equal `key` at once, and what happens to one more."""

    key: Expression
    limit: int = Field(default=1, ge=1)
    when_full: Literal["queue", "reject", "replace"] = "queue"


class Workflow(Part):
    """A named graph of steps with a typed input, triggers, ends and an output."""

    auterity: Literal[1]
    name: WorkflowName
    description: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    input: dict[Identifier, TypeExpression] = Field(default_factory=dict)
    triggers: list[Trigger] = Field(default_factory=list)
    concurrency: Concurrency | None = None
    idempotency_key: Expression | None = None
    idempotency_window: Duration | None = None
    priority: Priority = 0
    timeout: Duration | None = None
    budget: Budget | None = None
    steps: Steps = Field(min_length=1)
    ends: dict[Identifier, Needs] = Field(default_factory=dict)
    guarantees: list[Annotated[str, StringConstraints(min_length=1)]] = Field(default_factory=list)
    output: Output = None

    @model_validator(mode="after")
    def _window_of_a_key(self) -> Workflow:
        if self.idempotency_window is not None and self.idempotency_key is None:
            raise PydanticCustomError(
                "conflicting_keys",
                "`idempotency_window` says how long an `idempotency_key` counts, which is missing",
            )
        return self


def dump(workflow: Workflow) -> dict[str, Any]:
    """The workflow as plain data, as it would be written in a file: defaults and empty keys left out."""
    data: dict[str, Any] = workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"auterity": LANGUAGE_VERSION, **data}


def load(data: Mapping[str, Any]) -> Workflow:
    """The model of plain data. Raises Pydantic's ValidationError, whose places are the data's paths
    but for `KIND_TAGS`."""
    return Workflow.model_validate(data)


def cancels_rest(end: Needs) -> bool:
    """Whether an end is read as soon as its join is met."""
    return any(isinstance(need, Join) and need.cancel_rest for need in end)
