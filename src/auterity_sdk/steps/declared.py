"""Step types as data: what a project's own declare of themselves, for whoever checks by it without their code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from auterity_sdk.steps.plain_form import from_plain, to_plain
from auterity_sdk.steps.said_in_full import said_in_full
from auterity_sdk.steps.step_type import StepType
from auterity_sdk.steps.sure_fit import fits_surely
from auterity_sdk.workflow.signature import JsonSchema, Problem, Signature
from auterity_sdk.workflow.values import misfits

Data = Mapping[str, Any]

BY_SCHEMA = "by_schema"
"""The key of the arguments of which the schema says all there is: no code of a type judges a plain value besides."""

_CONVERTED = {"string", "number", "integer", "boolean"}
"""Pydantic reads some values of one of these types as one of another: `"5"` as 5."""


class DeclaredStepType(Struct, frozen=True):
    """A step type of which this process has no code: enough to check by. `digest` is that of its declaration."""

    signature: Signature
    digest: str


def declaration_of(step_type: StepType[..., Any]) -> dict[str, Any]:
    """What a step type declares, as JSON data: its signature, and which arguments a schema alone judges."""
    signature = step_type.signature
    judged = [name for name in signature.parameters if said_in_full(step_type, name)]
    found: dict[str, Any] = to_plain(signature, without=("check_literal",))
    return found | ({BY_SCHEMA: judged} if judged else {})


def digest_of(declaration: Data) -> str:
    """The digest of a declaration: another one, if anything in it is another."""
    text = json.dumps(declaration, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def declared(declaration: Data) -> DeclaredStepType:
    """The step type that `declaration_of` declared, for checks alone."""
    data = {key: value for key, value in declaration.items() if key != BY_SCHEMA}
    definitions = declaration.get("definitions", {})
    judged = {
        name: declaration["parameters"][name]["schema"] for name in declaration.get(BY_SCHEMA, ())
    }
    judge = _judge(judged, definitions)
    return DeclaredStepType(
        from_plain(Signature, data, check_literal=judge), digest_of(declaration)
    )


def _judge(
    schemas: Mapping[str, JsonSchema], definitions: Mapping[str, JsonSchema]
) -> Callable[[str, Any], tuple[Problem, ...]]:
    """Only what no code could take is wrong; the others are judged where the code is."""

    def check(name: str, value: Any) -> tuple[Problem, ...]:
        schema = schemas.get(name)
        if schema is None or fits_surely(schema, value) or _may_convert(schema, value):
            return ()
        return tuple(misfits(value, {**schema, "$defs": definitions}))

    return check


def _may_convert(schema: JsonSchema, value: Any) -> bool:
    """Whether Pydantic might read a value of another type as one of this."""
    options = schema.get("anyOf", (schema,))
    kinds = {option.get("type") for option in options}
    listed = any("enum" in option or "const" in option for option in options)
    if isinstance(value, list):
        return "array" in kinds  # of its items
    return isinstance(value, str | int | float) and bool(kinds & _CONVERTED) and not listed
