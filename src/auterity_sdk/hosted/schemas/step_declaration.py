"""What a project's own step type declares of itself: enough to check by, and none of its code.

The fields are those of `auterity_sdk.workflow.signature.Signature`, written by `auterity_sdk.steps.declared`: what is as
by default is left out, and a value that one may be given as text or as an argument is either.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from auterity_sdk.hosted.schemas.shape import Request

JsonSchema = dict[str, Any]

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
WrittenDuration = Annotated[str, StringConstraints(max_length=60, pattern=r"^[0-9a-z.]+$")]


class ArgumentPlace(Request):
    """An argument, or a member below it."""

    name: Word
    members: tuple[Word, ...] = ()


Detail = ArgumentPlace | str


class EffectDeclaration(Request):
    """What a step does to the world."""

    kind: Word
    subjects: tuple[ArgumentPlace, ...] = ()
    details: dict[Word, Detail] = Field(default_factory=dict)


class FactDeclaration(Request):
    """What is known once a step has ended."""

    name: Word
    subject: ArgumentPlace | None = None
    lifetime: WrittenDuration | None = None
    on: tuple[Word, ...] = ()
    details: dict[Word, Detail] = Field(default_factory=dict)
    when: dict[Word, tuple[str, ...]] = Field(default_factory=dict)


class DutyDeclaration(Request):
    """What must be done once a step has ended, or is done by ending so."""

    name: Word
    on: tuple[Word, ...] = ()
    when: dict[Word, tuple[str, ...]] = Field(default_factory=dict)


class LabelDeclaration(Request):
    """What kind of data a field of the output holds; the whole output, if it is empty."""

    name: Word
    field: str = ""


class EffectsDeclaration(Request):
    """Effects, facts, duties and classes of data."""

    effects: tuple[EffectDeclaration, ...] = ()
    gives: tuple[FactDeclaration, ...] = ()
    requires: tuple[FactDeclaration, ...] = ()
    withdraws: tuple[FactDeclaration, ...] = ()
    raises: tuple[DutyDeclaration, ...] = ()
    discharges: tuple[DutyDeclaration, ...] = ()
    labels: tuple[LabelDeclaration, ...] = ()
    removes: tuple[Word, ...] = ()
    passes: tuple[Word, ...] | None = None


class ParameterDeclaration(Request):
    """An argument. `$ref`s of its schema point into the `definitions` of the step type."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    json_schema: JsonSchema = Field(alias="schema")
    required: bool = True
    default: Any = None
    description: str = ""


class ShapingDeclaration(Request):
    """What an argument, as the file writes it, says of the output."""

    argument: Word
    how: Literal["fields", "names", "tools"]
    field: str = ""


class AskingDeclaration(Request):
    """How much an attempt asks of a language model, at the most."""

    requests: int = Field(ge=0, le=10**6)
    longest_answer: int = Field(ge=0, le=10**9)


class StepDeclaration(Request):
    """A step type. `by_schema` are the arguments that their schemas judge in full; the others are judged where the code is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "photos.grade",
                    "parameters": {"vin": {"schema": {"type": "string"}}},
                    "output": {"type": "object", "properties": {"grade": {"type": "string"}}},
                    "summary": "Grade the photos of a car.",
                    "by_schema": ["vin"],
                }
            ]
        }
    )

    name: Word
    parameters: dict[Word, ParameterDeclaration]
    output: JsonSchema
    definitions: dict[Word, JsonSchema] = Field(default_factory=dict)
    outcomes: tuple[Word, ...] = Field(default=("ok",), min_length=1)
    idempotent: bool = True
    idempotent_by: dict[Word, tuple[str | bool, ...]] = Field(default_factory=dict)
    summary: str = ""
    declares: EffectsDeclaration = EffectsDeclaration()
    beats: bool = False
    without_value: tuple[Word, ...] = ()
    shapings: tuple[ShapingDeclaration, ...] = ()
    asks: AskingDeclaration | None = None
    present: dict[Word, tuple[tuple[Word, ...], ...]] = Field(default_factory=dict)
    by_schema: tuple[Word, ...] = ()
