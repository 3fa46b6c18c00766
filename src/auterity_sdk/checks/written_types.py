"""Types as a workflow file writes them: where they stand, and what is wrong with them as JSON Schemas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Path
from auterity_sdk.workflow.fields import written_fields
from auterity_sdk.workflow.key_types import TypeExpression
from auterity_sdk.workflow.signature import JsonSchema, Shaping
from auterity_sdk.workflow.step import ApproveStep, UsesStep
from auterity_sdk.workflow.values import misfits, schema_problem


def written_types(subject: Subject) -> Iterator[tuple[Path, TypeExpression]]:
    """The types of inputs, of the fields of forms, and those that step types are told, with their paths."""
    if subject.workflow is None:
        return
    for name, written in subject.workflow.input.items():
        yield ("input", name), written
    for node in subject.nodes():
        if isinstance(node.step, ApproveStep):
            for name, written in node.step.approve.form.items():
                yield (*node.path, "approve", "form", name), written
        elif isinstance(node.step, UsesStep) and node.signature is not None:
            for shaping in node.signature.shapings:
                path = (*node.path, "with", shaping.argument)
                for place, written in _told(shaping, node.step.with_.get(shaping.argument)):
                    yield (*path, *place), written


def _told(shaping: Shaping, given: Any) -> Iterator[tuple[Path, TypeExpression]]:
    """The types in an argument that tells of the output, with their places below it."""
    if shaping.how == "fields":
        yield from written_fields(given)
    elif shaping.how == "tools" and isinstance(given, dict):
        for name, entry in given.items():
            fields = entry.get("input") if isinstance(entry, dict) else None
            for place, written in written_fields(fields):
                yield (name, "input", *place), written


def name_place(path: Path, written: TypeExpression, name: str) -> Location:
    """Where the name of a type stands in a written type."""
    if isinstance(written, str):
        return Location(path)
    waiting: list[tuple[Path, Any]] = [(path, written)]
    while waiting:
        here, value = waiting.pop()
        if value == name:
            return Location(here)
        if isinstance(value, dict):
            waiting.extend(((*here, key), inner) for key, inner in reversed(value.items()))
        elif isinstance(value, list):
            waiting.extend(((*here, at), inner) for at, inner in enumerate(value))
    return Location(path)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_pattern(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError, RecursionError, OverflowError):
        return False
    return True


_KEYWORDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), (_is_number, "a number")),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), (_is_count, "a whole number from 0")),
    "required": (_is_names, "a list of names"),
    "enum": (lambda value: isinstance(value, list) and bool(value), "a list of values"),
    "pattern": (_is_pattern, "a regular expression"),
    "properties": (lambda value: isinstance(value, dict), "a mapping of names to schemas"),
    "type": (lambda value: isinstance(value, str) or _is_names(value), "the name of a type"),
    "description": (lambda value: isinstance(value, str), "text"),
    "format": (lambda value: isinstance(value, str), "text"),
}  # fmt: skip


def schema_mistakes(schema: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Keywords whose values are not of their kind: the place below the schema, and a message."""
    waiting: list[tuple[Path, Any]] = [((), schema)]
    while waiting:
        here, value = waiting.pop()
        if not isinstance(value, dict):
            if not isinstance(value, str | bool):
                yield here, "a schema is the name of a type, or a mapping"
            continue
        for key, given in value.items():
            right, wanted = _KEYWORDS.get(key, (None, ""))
            if right is not None and not right(given):
                yield (*here, key), f"`{key}` is {wanted}"
        waiting.extend(_inner(here, value))
    yield from _foreign_references(schema)


_DATA = frozenset({"default", "enum", "const", "examples"})
_BASES = frozenset({"$id", "$anchor", "$dynamicRef", "$dynamicAnchor"})


def _foreign_references(schema: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """References that lead out of the schema: whoever judges a value would have to fetch them."""
    own = schema.get("$defs")
    known = {"#", *(f"#/$defs/{name}" for name in (own if isinstance(own, dict) else ()))}
    waiting: list[tuple[Path, Any]] = [((), schema)]
    while waiting:
        here, value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(((*here, at), inner) for at, inner in enumerate(value))
        if not isinstance(value, dict):
            continue
        for key, inner in value.items():
            if key in _BASES and isinstance(inner, str):
                yield (*here, key), f"`{key}` cannot stand in the type of an input"
            elif key == "$ref" and isinstance(inner, str) and inner not in known:
                yield (*here, key), "a `$ref` can only lead to a schema in the `$defs` beside it"
            elif key not in _DATA:
                waiting.append(((*here, key), inner))


_MAPS = ("properties", "patternProperties", "$defs", "definitions")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "not", "contains")


def _inner(here: Path, schema: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The schemas right inside a schema."""
    for key in _MAPS:
        if isinstance(members := schema.get(key), dict):
            yield from (((*here, key, name), inner) for name, inner in members.items())
    for key in _LISTS:
        if isinstance(parts := schema.get(key), list):
            yield from (((*here, key, at), inner) for at, inner in enumerate(parts))
    yield from (((*here, key), schema[key]) for key in _SINGLE if key in schema)


_KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "array": (lambda value: isinstance(value, list), "a list"),
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
    "integer": (lambda value: isinstance(value, int) and not isinstance(value, bool), "a whole number"),
    "null": (lambda value: value is None, "null"),
    "number": (_is_number, "a number"),
    "object": (lambda value: isinstance(value, dict), "a mapping"),
    "string": (lambda value: isinstance(value, str), "text"),
}  # fmt: skip


_JUDGED = frozenset(("type", "enum", "minimum", "maximum", "default", "description", "title"))
_NO_CHECK = frozenset(("default", "title", "examples", "const", "additionalProperties"))


def is_unusual(schema: Mapping[str, Any]) -> bool:
    """Some keyword is none of those whose values `schema_mistakes` looks at."""
    return not {*schema} <= {*_KEYWORDS} | _NO_CHECK


def misfit(value: Any, schema: JsonSchema) -> str | None:
    """Why a plain value is not of a schema; None if it is.

    Plain schemas are judged here: the library that judges all of them takes long to load.
    """
    if {*schema} <= _JUDGED:
        return _plain_misfit(value, schema)
    if schema_problem(schema):
        return None
    found = next(misfits(value, schema), None)
    if found is None:
        return None
    return (
        f"`{'.'.join(map(str, found.place))}` {found.message}"
        if found.place
        else f"it {found.message}"
    )


def _plain_misfit(value: Any, schema: JsonSchema) -> str | None:
    kind = schema.get("type")
    if isinstance(kind, str) and kind in _KINDS:
        right, wanted = _KINDS[kind]
        if not right(value):
            return f"it is {wanted}"
    if isinstance(allowed := schema.get("enum"), list) and value not in allowed:
        return f"it is one of {', '.join(map(str, allowed))}"
    if _is_number(value):
        return _out_of_bounds(value, schema)
    return None


def _out_of_bounds(value: float, schema: JsonSchema) -> str | None:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and _is_number(low) and value < low:
        return f"it is at least {low}"
    if high is not None and _is_number(high) and value > high:
        return f"it is at most {high}"
    return None
