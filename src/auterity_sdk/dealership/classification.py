"""Which fields of a model hold personal data, and of what class; redaction and encryption go by this."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class DataClass(StrEnum):
    """Why a value is kept from logs: what it would tell a stranger."""

    CONTACT = "contact"
    """Reaches a person: phone number, e-mail address, postal address."""
    IDENTITY = "identity"
    """Names a person, or a thing that leads to one: name, VIN."""
    CREDIT = "credit"
    """What a person owes, earns or was lent."""
    FREE_TEXT = "free_text"
    """Written by anybody: untrusted, and may hold any of the others."""
    GOVERNMENT_ID = "government_id"
    """A number of the state: social security, driving licence."""
    PROHIBITED_BASIS = "prohibited_basis"
    """What no credit decision may look at: age, sex, race, marital status, public assistance (12 CFR 202.4)."""


@dataclass(frozen=True, slots=True)
class Classified:
    """Marks a field: `phone: Annotated[str, Classified(DataClass.CONTACT)]`."""

    data_class: DataClass

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The class stands in the field's JSON Schema too, where the checks of data flow read it."""
        return {**handler(schema), SCHEMA_KEY: self.data_class.value}


SCHEMA_KEY = "x-data-class"
"""The key of a JSON Schema that tells the class of a value; the input of a workflow may use it as well."""


@dataclass(frozen=True, slots=True)
class ClassifiedPath:
    """Where classed data stands in a model. `*` stands for each item of a list or mapping."""

    path: tuple[str, ...]
    data_class: DataClass


def classified_paths(model: type[BaseModel]) -> tuple[ClassifiedPath, ...]:
    """All classed fields of `model`, in the order of its fields; a model inside itself is not entered again."""
    return tuple(dict.fromkeys(_of_model(model, (), frozenset())))


def _of_model(
    model: type[BaseModel], path: tuple[str, ...], open_models: frozenset[type[BaseModel]]
) -> Iterator[ClassifiedPath]:
    if model in open_models:
        return
    for name, field in model.model_fields.items():
        here = (*path, name)
        yield from _marks(field.metadata, here)
        yield from _of_type(field.annotation, here, open_models | {model})


def _of_type(
    annotation: Any, path: tuple[str, ...], open_models: frozenset[type[BaseModel]]
) -> Iterator[ClassifiedPath]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _marks(annotation.__metadata__, path)
        yield from _of_type(annotation.__origin__, path, open_models)
    elif origin in (tuple, list, set, frozenset, dict):
        for inner in get_args(annotation):
            yield from _of_type(inner, (*path, "*"), open_models)
    elif origin is not None:
        for inner in get_args(annotation):
            yield from _of_type(inner, path, open_models)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _of_model(annotation, path, open_models)


def _marks(metadata: Any, path: tuple[str, ...]) -> Iterator[ClassifiedPath]:
    return (ClassifiedPath(path, m.data_class) for m in metadata if isinstance(m, Classified))
