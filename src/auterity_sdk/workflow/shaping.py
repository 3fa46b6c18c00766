"""Step types whose output is as an argument says: `ai.extract` gives the fields that its `output` names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from auterity_sdk.workflow.key_types import TypeExpression
from auterity_sdk.workflow.signature import Catalog, JsonSchema, Signature
from auterity_sdk.workflow.types import schema_of

_SCHEMA_WORDS = frozenset({"properties", "$ref", "anyOf", "oneOf", "allOf"})


def fields_schema(written: Any, catalog: Catalog) -> JsonSchema:
    """The JSON Schema, with its `$defs`, of an object whose fields are written: a type's name, a schema, or a type a name.

    A field with a default may be left out. Raises KeyError with the name of a type that is not known, and
    ValueError for what describes no object.
    """
    if isinstance(written, str) or (isinstance(written, dict) and _SCHEMA_WORDS & set(written)):
        return _object(schema_of(written, catalog))
    if not isinstance(written, dict) or not written:
        raise ValueError("names of fields, with a type each, are expected")
    properties = {str(name): dict(schema_of(each, catalog)) for name, each in written.items()}
    definitions = {
        name: schema
        for each in properties.values()
        for name, schema in each.pop("$defs", {}).items()
    }
    required = [name for name, each in properties.items() if "default" not in each]
    made: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
    return {
        **made,
        "additionalProperties": False,
        **({"$defs": definitions} if definitions else {}),
    }


def shaped(signature: Signature, arguments: Mapping[str, Any], catalog: Catalog) -> Signature:
    """The signature of a step with these arguments. What cannot be told from them stays as the type says."""
    for shaping in signature.shapings:
        written = arguments.get(shaping.argument)
        if shaping.how == "names":
            signature = _with_names(signature, shaping.field, tuple(_names(written)))
        elif written is not None:
            try:
                schema = fields_schema(written, catalog)
            except (KeyError, ValueError):
                continue
            signature = _with_fields(signature, schema)
    return signature


def taken_fields(signature: Signature, written: Any) -> Iterator[str]:
    """Fields that are written and that the step type's output has itself."""
    own = signature.output.get("properties", {})
    if isinstance(written, Mapping):
        properties = written.get("properties", written)
        yield from (str(name) for name in properties if name in own)


def written_fields(written: Any) -> Iterator[tuple[tuple[str, ...], TypeExpression]]:
    """Each type in a written shape, with its place below it."""
    if isinstance(written, dict) and not _SCHEMA_WORDS & set(written):
        yield from (((str(name),), each) for name, each in written.items())
    elif isinstance(written, str | dict):
        yield (), written


def _object(schema: JsonSchema) -> JsonSchema:
    definitions = schema.get("$defs", {})
    target = schema
    while isinstance(name := target.get("$ref"), str):
        target = definitions[name.rpartition("/")[2]]
    if not target.get("properties"):
        raise ValueError("a type with fields is expected")
    return {**target, "$defs": definitions} if definitions else target


def _names(written: Any) -> Iterator[str]:
    for name in written if isinstance(written, list | Mapping) else ():
        if isinstance(name, str) and "${" not in name:
            yield name


def _with_names(signature: Signature, field: str, names: tuple[str, ...]) -> Signature:
    if not names:
        return signature
    properties = dict(signature.output.get("properties", {}))
    properties[field] = {**properties.get(field, {}), "enum": list(names)}
    return replace(signature, output={**signature.output, "properties": properties})


def _with_fields(signature: Signature, schema: JsonSchema) -> Signature:
    output = signature.output
    own = output.get("properties", {})
    properties = {**schema.get("properties", {}), **own}
    required = [*output.get("required", ()), *schema.get("required", ())]
    return replace(
        signature,
        output={
            **output,
            "properties": properties,
            "required": required,
            "additionalProperties": schema.get("additionalProperties", False),
        },
        definitions={**signature.definitions, **schema.get("$defs", {})},
    )
