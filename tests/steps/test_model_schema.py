"""Schemas that are shared between step types are those that Pydantic makes of each."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

import pytest
from pydantic import BaseModel, Field, create_model

from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES, builtin_registry
from auterity_sdk.steps.model_schema import schema_of_model, schemas_of_fields
from auterity_sdk.steps.step_type import StepType

T = TypeVar("T")


class Tree(BaseModel):
    """A model that holds itself."""

    children: list[Tree] = Field(default_factory=list)


class Arguments(BaseModel):
    tree: Tree
    same: Tree
    described: Annotated[Tree, Field(description="another")]
    maybe: Tree | None = None
    count: int = 3


@pytest.mark.parametrize("name", BUILTIN_STEP_TYPES)
def test_the_arguments_of_built_in_steps_are_as_pydantic_has_them(name: str) -> None:
    made = builtin_registry().step_type(name)
    assert isinstance(made, StepType)
    whole = made.arguments_model.model_json_schema()
    schemas, definitions = schemas_of_fields(made.arguments_model)
    assert schemas == whole.get("properties", {})
    assert definitions == whole.get("$defs", {})


def test_fields_that_are_models_refer_to_the_shared_definition() -> None:
    schemas, definitions = schemas_of_fields(Arguments)
    whole = Arguments.model_json_schema()
    assert schemas == whole["properties"]
    assert definitions == whole["$defs"]


def item(module: str, field: str) -> type[BaseModel]:
    kind = {"__annotations__": {field: int}, "__module__": module}
    return type("Item", (BaseModel,), kind)


class Page(BaseModel, Generic[T]):
    content: T


@pytest.mark.parametrize(
    "types",
    [
        (item("a", "x"), item("b", "y")),
        (item("a", "x"), item("b", "x")),
        (item("a", "x"), list[item("b", "y")]),  # type: ignore[misc]
        (Page[int], Page[str]),
    ],
)
def test_models_whose_names_do_not_tell_them_apart(types: tuple[Any, Any]) -> None:
    fields: dict[str, Any] = {"one": (types[0], ...), "two": (types[1], ...)}
    model = create_model("Both", **fields)
    whole = model.model_json_schema()
    assert schemas_of_fields(model) == (whole["properties"], whole["$defs"])


def test_a_schema_is_made_once() -> None:
    assert schema_of_model(Tree) is schema_of_model(Tree)
