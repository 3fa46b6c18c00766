"""JSON Schemas of Pydantic models, made once for each model: a lead's takes longer than a file's check."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.fields import FieldInfo

from auterity_sdk.workflow.signature import JsonSchema

Schemas = dict[str, JsonSchema]


@lru_cache(maxsize=1024)
def schema_of_model(model: type[BaseModel]) -> JsonSchema:
    """The JSON Schema of what a model reads, with its `$defs`. It is shared: nobody may change it."""
    return model.model_json_schema()


def schemas_of_fields(model: type[BaseModel]) -> tuple[Schemas, Schemas]:
    """The JSON Schema of each field of a model, and the definitions that they refer to.

    They are those of Pydantic for the whole model, but that fields which are models share theirs.
    """
    fields = model.model_fields
    parts = {name: part for name, field in fields.items() if (part := _model_alone(field))}
    rest = _whole(_without(model, parts))
    schemas: Schemas = dict(rest.get("properties", {}))
    definitions: Schemas = dict(rest.get("$defs", {}))
    for name, part in parts.items():
        schemas[name] = {"$ref": f"#/$defs/{part.__name__}"}
        for key, definition in _definitions(part).items():
            if definitions.setdefault(key, definition) != definition:
                # Two models of one name: only Pydantic, which sees both, can tell them apart.
                whole = _whole(model)
                return dict(whole["properties"]), dict(whole["$defs"])
    return schemas, definitions


def _model_alone(field: FieldInfo) -> type[BaseModel] | None:
    """The model that a field has for its type, if there is nothing else to say of the field."""
    found = field.annotation
    plain = field.is_required() and not field.metadata and not field.description
    if plain and isinstance(found, type) and issubclass(found, BaseModel):
        return found
    return None


def _without(model: type[BaseModel], left_out: dict[str, type[BaseModel]]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in model.model_fields.items()
        if name not in left_out
    }
    config = ConfigDict(arbitrary_types_allowed=True, defer_build=True)
    return create_model(model.__name__, __config__=config, **fields)


def _whole(model: type[BaseModel]) -> JsonSchema:
    return model.model_json_schema(by_alias=False)


def _definitions(model: type[BaseModel]) -> Schemas:
    schema = dict(schema_of_model(model))
    definitions: Schemas = dict(schema.pop("$defs", {}))
    return definitions if "$ref" in schema else {**definitions, model.__name__: schema}
