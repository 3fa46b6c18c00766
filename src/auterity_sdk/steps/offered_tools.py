"""Tools that a step offers a model, and the calls that the model makes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Required

from msgspec import Struct
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict  # Pydantic takes that of `typing` from Python 3.12 on

from auterity_sdk.ai.request import Tool
from auterity_sdk.errors import StepError
from auterity_sdk.steps.asking import Misfit
from auterity_sdk.steps.read_fields import read_fields
from auterity_sdk.workflow.signature import Catalog, JsonSchema
from auterity_sdk.workflow.tools import tool_schema
from auterity_sdk.workflow.values import misfits


class ToolOffer(TypedDict, total=False):
    """What a tool does, and what it is given.

    `uses` is the step type that runs it, and `input` a list of the names of its arguments that the model chooses (all,
    if left out). Without `uses`, `input` is a named type, a JSON Schema, or names with a type each; without both the
    tool is given nothing.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    description: Required[Annotated[str, Field(min_length=1)]]
    uses: str
    input: str | dict[str, Any] | list[str]


class OfferedTools(Struct, frozen=True):
    """The tools of a step, with the schema of what each is given."""

    offers: Mapping[str, ToolOffer]
    schemas: Mapping[str, JsonSchema]
    catalog: Catalog

    @classmethod
    def of(cls, offers: Mapping[str, ToolOffer], catalog: Catalog) -> OfferedTools:
        """Those of a step. Raises `StepError` of type `bad_input` for one that cannot be offered."""
        try:
            schemas = {name: tool_schema(offer, catalog) for name, offer in offers.items()}
        except (KeyError, ValueError) as error:
            raise StepError(f"`tools` do not fit: {error}", type="bad_input") from None
        return cls(offers, schemas, catalog)

    def tools(self) -> tuple[Tool, ...]:
        """As the request names them."""
        return tuple(
            Tool(name, offer["description"], self.schemas[name])
            for name, offer in self.offers.items()
        )

    def read(self, name: str, arguments: str) -> dict[str, Any]:
        """The arguments of a call, by their types. Raises `Misfit` for one that cannot be made."""
        if name not in self.schemas:
            raise Misfit([f"there is no tool `{name}`: they are {', '.join(self.schemas)}"])
        found = _object(name, arguments)
        schema = self.schemas[name]
        given = {key: value for key, value in found.items() if value is not None}
        problems = [
            f"`{name}`: {'.'.join(map(str, each.place)) or 'the input'} {each.message}"
            for each in misfits(given, schema)
        ]
        if problems:
            raise Misfit(problems)
        return read_fields(given, schema, self.offers[name].get("input"), self.catalog)


def _object(name: str, arguments: str) -> Mapping[str, Any]:
    try:
        found = json.loads(arguments or "{}")
    except ValueError:
        raise Misfit([f"the arguments of `{name}` are no JSON"]) from None
    if not isinstance(found, dict):
        raise Misfit([f"the arguments of `{name}` are no JSON object"])
    return found
