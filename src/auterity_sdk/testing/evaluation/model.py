"""A file of labelled cases as it is written."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from auterity_sdk.testing.cases.model import Moment, Person, Sent, StepScripts
from auterity_sdk.workflow.part import Part

FORMAT = 1
"""The value of the top key `auterity_eval`, by which a file of cases is known."""
OUTCOME = "outcome"
"""The name under which a case expects how a step ends."""

Expected = Annotated[dict[str, Any], Field(min_length=1)]
"""Fields of a step's output with their values, or `outcome`."""


class EvalSetting(Part):
    """What a case begins with. `steps` say what other steps do, `people` who approves, as in a test file."""

    now: Moment | None = None
    input: dict[str, Any] = Field(default_factory=dict)
    steps: dict[str, StepScripts] = Field(default_factory=dict)
    people: list[Person] = Field(default_factory=list)


class EvalCase(EvalSetting):
    """One input with the outside `events` that follow it, and what each step has to make of them."""

    events: list[Sent] = Field(default_factory=list)
    id: str = Field(min_length=1, max_length=200)
    expect: dict[str, Expected] = Field(min_length=1)


class EvalFile(Part):
    """The whole file."""

    auterity_eval: Literal[1]
    defaults: EvalSetting = Field(default_factory=EvalSetting)
    cases: list[EvalCase] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_their_own(self) -> EvalFile:
        twice = [
            name for name, count in Counter(case.id for case in self.cases).items() if count > 1
        ]
        if twice:
            raise PydanticCustomError("twice", "several cases have the id {id}", {"id": twice[0]})
        return self
