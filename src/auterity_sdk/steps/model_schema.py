"""JSON Schemas of Pydantic models, made once for each model: a lead's takes longer than a file's check."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.fields import FieldInfo

from auterity_sdk.workflow.signature import JsonSchema

Schemas = dict[str, JsonSchema]
Model = type[BaseModel]


@lru_cache(maxsize=1024)
def schema_of_model(model: Model) -> JsonSchema:
    """The JSON Schema of what a model reads, with its `$defs`. It is shared: nobody may change it."""
    return model.model_json_schema()


def schemas_of_fields(model: Model) -> tuple[Schemas, Schemas]:
    """The JSON Schema of each field of a model, and the definitions that they refer to.

    They are those that Pydantic makes of the whole model, which is made only where two models in it have
    one name. Else Pydantic is shown an empty model for each that is the type of a field.
    """
    parts = {name: part for name, field in model.model_fields.items() if (part := _part(field))}
    names = {part.__name__ for part in parts.values()}
    schema = _with_stand_ins(model, parts).model_json_schema(by_alias=False)
    found: Schemas = schema.get("$defs", {})
    definitions = {name: found[name] for name in found if name not in names}
    clear = names <= found.keys()
    for part in {*parts.values()}:
        for name, definition in _definitions(part).items():
            clear = clear and definitions.setdefault(name, definition) == definition
    if not clear:
        schema = model.model_json_schema(by_alias=False)
        definitions = schema["$defs"]
    return schema.get("properties", {}), definitions


def _part(field: FieldInfo) -> Model | None:
    """The model that is the type of a field, or its type but for None."""
    options = [option for option in get_args(field.annotation) if option is not NoneType]
    found = options[0] if _is_optional(field) and len(options) == 1 else field.annotation
    plain = field.is_required() or field.default is None
    return found if plain and isinstance(found, type) and issubclass(found, BaseModel) else None


def _is_optional(field: FieldInfo) -> bool:
    return NoneType in get_args(field.annotation)


def _with_stand_ins(model: Model, parts: Mapping[str, Model]) -> Model:
    """The same model, with an empty one of the same name in place of each part."""
    empty: dict[Model, Any] = {part: create_model(part.__name__) for part in {*parts.values()}}
    fields: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        annotation: Any = field.annotation
        if name in parts:
            stand_in = empty[parts[name]]
            annotation = stand_in | None if _is_optional(field) else stand_in
        fields[name] = (annotation, field)
    config = ConfigDict(arbitrary_types_allowed=True, defer_build=True)
    return create_model(model.__name__, __config__=config, **fields)


def _definitions(model: Model) -> Schemas:
    """Those of a model and of all that is in it."""
    schema = dict(schema_of_model(model))
    definitions: Schemas = dict(schema.pop("$defs", {}))
    return definitions if "$ref" in schema else {**definitions, model.__name__: schema}
