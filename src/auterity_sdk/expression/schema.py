"""Types from JSON Schema, and so from Pydantic models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from auterity_sdk.expression.types import (
    ANY,
    BOOL,
    DURATION,
    INT,
    NULL,
    NUMBER,
    STRING,
    TIMESTAMP,
    Field,
    ListType,
    Literals,
    MapType,
    ObjectType,
    OneOf,
    Type,
    one_of,
    without_null,
)

Schema = Mapping[str, Any]

MAX_DEPTH = 60
"""Levels of a schema that are read; what is deeper is of type any."""

TYPE_KEYWORD = "x-auterity-type"
"""The keyword that names a type of expressions for which JSON Schema has no word: `duration`, as 1h30m."""

_PLAIN: dict[str, Type] = {"null": NULL, "boolean": BOOL, "integer": INT, "number": NUMBER}
_FORMATS: dict[str, Type] = {"date-time": TIMESTAMP, "duration": DURATION}


def from_model(
    model: type[BaseModel], mode: Literal["validation", "serialization"] = "serialization"
) -> Type:
    """The type of a model's values: as they are read (`serialization`) or as they may be given.

    A field with a default is there whenever it is read, and may be left out where it is given.
    """
    return from_json_schema(model.model_json_schema(mode=mode, schema_generator=_WithDefaults))


def from_json_schema(
    schema: Schema | bool, defs: Mapping[str, Schema] | None = None, *, filled: bool = False
) -> Type:
    """The type of the values that a JSON Schema allows; what it cannot tell is `any`.

    `defs` are the schemas that a `$ref` names by its last part; the schema's own `$defs` join them.
    `filled`: the values come out of a model, so that a field with a default other than null is there.
    """
    own: Mapping[str, Schema] = {}
    if isinstance(schema, Mapping):
        own = {**_mapping(schema.get("definitions")), **_mapping(schema.get("$defs"))}
    return _Reader({**(defs or {}), **own}, filled=filled).read(schema, "")


class _WithDefaults(GenerateJsonSchema):
    """Pydantic's schema of what is written out: with the fields that have defaults."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        """All fields of a model are written, but for those that it excludes."""
        if self.mode == "serialization" and field["type"] != "typed-dict-field":
            return not field.get("serialization_exclude", False)
        return super().field_is_required(field, total)


class _Reader:
    """Reads one document; an object is kept by its name, so that recursion ends."""

    def __init__(self, defs: Mapping[str, Schema], *, filled: bool) -> None:
        self._defs = defs
        self._filled = filled
        self._known: dict[str, Type] = {}
        self._open: set[str] = set()
        self._depth = 0

    def read(self, schema: Schema | bool, name: str) -> Type:
        """The type of a schema; below `MAX_DEPTH` levels it is any."""
        if not isinstance(schema, Mapping) or self._depth >= MAX_DEPTH:
            return ANY
        self._depth += 1
        found = self._read(schema, name)
        self._depth -= 1
        return found

    def _read(self, schema: Schema, name: str) -> Type:
        if isinstance(ref := schema.get("$ref"), str):
            return self._named(ref.rpartition("/")[2])
        if "const" in schema:
            return _of_values([schema["const"]])
        if isinstance(values := schema.get("enum"), Sequence):
            return _of_values(values)
        for key in ("anyOf", "oneOf"):
            if isinstance(parts := schema.get(key), Sequence) and parts:
                return one_of(self.read(part, name) for part in parts)
        if isinstance(parts := schema.get("allOf"), Sequence) and parts:
            return self._all_of(schema, parts, name)
        return self._typed(schema, name)

    def _named(self, name: str) -> Type:
        """A recursive object is known before its fields are; any other recursion is `any`."""
        if name in self._known:
            return self._known[name]
        if name in self._open or name not in self._defs:
            return ANY
        self._open.add(name)
        schema = self._defs[name]
        made = self._object(schema, name, keep=True) if _is_object(schema) else None
        self._known[name] = made or self.read(schema, name)
        self._open.discard(name)
        return self._known[name]

    def _all_of(self, schema: Schema, parts: Sequence[Schema], name: str) -> Type:
        beside = {key: value for key, value in schema.items() if key != "allOf"}
        read = [self.read(part, name) for part in parts]
        if _is_object(beside):
            read.append(self._object(beside, name))
        known = [each for each in read if each != ANY]
        objects = [each for each in known if isinstance(each, ObjectType)]
        if len(objects) < 2 or len(objects) < len(known):
            return known[0] if known else ANY
        fields = {key: value for each in objects for key, value in each.fields.items()}
        title = str(schema.get("title") or name or objects[0].name)
        return ObjectType(title, fields, open=any(each.open for each in objects))

    def _typed(self, schema: Schema, name: str) -> Type:
        kind = schema.get("type")
        if isinstance(kind, Sequence) and not isinstance(kind, str):
            return one_of(self._typed({**schema, "type": each}, name) for each in kind)
        if kind == "string":
            if schema.get(TYPE_KEYWORD) == "duration":
                # Written as text or computed: both are taken.
                return one_of((DURATION, STRING))
            return _FORMATS.get(str(schema.get("format")), STRING)
        if kind == "array":
            return ListType(self._items(schema, name))
        if _is_object(schema):
            return self._object(schema, name)
        return _PLAIN.get(str(kind), ANY)

    def _items(self, schema: Schema, name: str) -> Type:
        if isinstance(parts := schema.get("prefixItems"), Sequence) and parts:
            rest = [schema["items"]] if isinstance(schema.get("items"), Mapping) else []
            return one_of(self.read(part, name) for part in (*parts, *rest))
        return self.read(schema.get("items", True), name)

    def _object(self, schema: Schema, name: str, *, keep: bool = False) -> Type:
        properties = _mapping(schema.get("properties"))
        extra = schema.get("additionalProperties")
        if "properties" not in schema and extra is not False:
            return MapType(self.read(extra, name) if isinstance(extra, Mapping) else ANY)
        fields: dict[str, Field] = {}
        made = ObjectType(
            str(schema.get("title") or name),
            fields,
            open=extra is True or isinstance(extra, Mapping),
            strict=extra is False,
        )
        if keep:
            self._known[name] = made
        required = schema.get("required")
        required = required if isinstance(required, list | tuple) else ()
        for key, part in properties.items():
            fields[key] = self._field(part, key, required=key in required)
        return made

    def _field(self, schema: Schema | bool, key: str, *, required: bool) -> Field:
        read = self.read(schema, key)
        nullable = read == NULL or (isinstance(read, OneOf) and NULL in read.options)
        text = schema.get("description", "") if isinstance(schema, Mapping) else ""
        has_default = isinstance(schema, Mapping) and schema.get("default") is not None
        required = required or (self._filled and has_default)
        return Field(without_null(read), required, nullable, str(text))


def _mapping(value: object) -> Schema:
    return value if isinstance(value, Mapping) else {}


def _is_object(schema: Schema) -> bool:
    return schema.get("type") == "object" or "properties" in schema


def _of_values(values: Sequence[Any]) -> Type:
    texts = tuple(value for value in values if isinstance(value, str))
    others = [_of_value(value) for value in values if not isinstance(value, str)]
    return one_of([*others, Literals(texts)] if texts else others)


def _of_value(value: object) -> Type:
    match value:
        case None:
            return NULL
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return NUMBER
        case _:
            return ANY
