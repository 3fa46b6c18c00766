"""Fills a JSON Schema from a text. What no rule finds is left out, or null: the answer is then held against the schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from auterity_sdk.ai.offline.extraction.choices import all_of, one_of, yes_or_no
from auterity_sdk.ai.offline.extraction.field import Field
from auterity_sdk.ai.offline.extraction.message import Message
from auterity_sdk.ai.offline.extraction.values import all_texts, number_value, text_value

_CENTS = 100
_DEEPEST = 8


def fill(message: Message, schema: Mapping[str, Any]) -> Any:
    """What the text says of a schema's fields. A required field that it does not tell is null."""
    return _value(message, Field("", schema, schema), 0)


def _value(message: Message, field: Field, depth: int) -> Any:
    schema = field.schema
    if depth > _DEEPEST:
        return None
    if "$ref" in schema:
        return _value(message, field.of(_referred(field)), depth + 1)
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            return _first_found(message, field, schema[key], depth)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return _option(message, field)
    if "properties" in schema:
        return _object(message, field, depth)
    found = _plain(message, field)
    return found if found is None or _fits(found, schema) else None


def _referred(field: Field) -> Mapping[str, Any]:
    found: Any = field.root
    for part in str(field.schema["$ref"]).removeprefix("#/").split("/"):
        found = found.get(part, {}) if isinstance(found, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def _first_found(message: Message, field: Field, variants: Any, depth: int) -> Any:
    for variant in variants:
        found = _value(message, field.of(variant), depth + 1)
        if found not in (None, {}, []):
            return found
    return None


def _option(message: Message, field: Field) -> Any:
    options = [option for option in field.schema["enum"] if isinstance(option, str)]
    return one_of(message, options) if options else _plain(message, field)


def _object(message: Message, field: Field, depth: int) -> Any:
    properties: Mapping[str, Any] = field.schema["properties"]
    required = frozenset(field.schema.get("required", ()))
    if "minor" in properties or {"amount", "currency"} <= set(properties):
        return _money(message, field)
    made: dict[str, Any] = {}
    for name, schema in properties.items():
        inner = Field(name, schema, field.root, name in required)
        found = _value(message, inner, depth + 1)
        if found not in (None, {}, []) or name in required:
            made[name] = found
    told = any(value not in (None, {}, []) for value in made.values())
    return made if told or depth == 0 else None


def _money(message: Message, field: Field) -> dict[str, Any] | None:
    """An amount as an object; dollars, as nothing else is asked of a dealer of the USA."""
    amount = number_value(message, Field(field.name, {"title": "money amount"}, field.root))
    if amount is None:
        return None
    if "minor" in field.schema["properties"]:
        return {"minor": int(amount * _CENTS), "currency": "USD"}
    return {"amount": f"{amount:.2f}", "currency": "USD"}


def _plain(message: Message, field: Field) -> Any:
    types = field.types - {"null"}
    if "boolean" in types:
        return yes_or_no(message, field)
    if types & {"integer", "number"}:
        return _number(number_value(message, field), types)
    if "array" in types:
        return _list(message, field)
    return text_value(message, field) if "string" in types or not types else None


def _number(found: Decimal | None, types: frozenset[str]) -> int | float | None:
    if found is None:
        return None
    if found == found.to_integral_value():
        return int(found)
    return float(found) if "number" in types else None


def _list(message: Message, field: Field) -> list[Any] | None:
    items = field.schema.get("items", {})
    of = field.of(_referred(field.of(items)) if "$ref" in items else items)
    if "enum" in of.schema:
        return all_of(message, [each for each in of.schema["enum"] if isinstance(each, str)])
    if "properties" in of.schema:
        one = _object(message, of, 1)
        return [one] if one else []
    return list(dict.fromkeys(all_texts(message, of)))


def _fits(found: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a value keeps the schema's bounds; one that does not was not meant."""
    if isinstance(found, str):
        return "pattern" not in schema or re.search(schema["pattern"], found) is not None
    if isinstance(found, int | float) and not isinstance(found, bool):
        least, most = schema.get("minimum", found), schema.get("maximum", found)
        return bool(least <= found <= most)
    return True
