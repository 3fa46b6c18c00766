"""Which arguments of a step type are judged by their JSON Schema alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from auterity_sdk.steps.step_type import StepType
from auterity_sdk.workflow.duration import Duration

_SAID_IN_FULL = {
    "str",
    "int",
    "float",
    "bool",
    "none",
    "literal",
    "nullable",
    "default",
    "union",
    "list",
}
"""Pydantic's validators of which a JSON Schema says all that they take as it is."""


def said_in_full(made: StepType[..., Any], name: str) -> bool:
    """The argument's JSON Schema says all there is: no code of a type judges a plain value besides."""
    hint = get_type_hints(made.function, include_extras=True)[name]
    return all(map(_is_said, _validators(TypeAdapter(hint).core_schema)))


def _is_said(validator: Mapping[str, Any]) -> bool:
    if validator["type"] == "function-plain":
        return bool(validator["function"]["function"] == Duration.validate)
    return validator["type"] in _SAID_IN_FULL and not validator.get("strict")


def _validators(validator: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A validator of Pydantic's, and all that it is made of."""
    yield validator
    inner = [validator.get("schema"), validator.get("items_schema"), *validator.get("choices", ())]
    for each in inner:
        if each is not None:
            yield from _validators(each)
