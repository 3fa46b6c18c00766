"""The language's own keys and fixed values at a place, read from the JSON Schema of workflow files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from msgspec import Struct

from auterity_cli.language_server.key_help import KEY_HELP, STEP_HELP
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.json_schema import json_schema

Schema = dict[str, Any]
_ROOT = "Workflow"
_JOIN = "Join"


class Key(Struct, frozen=True):
    """A key that may stand at a place. `holds` is `mapping`, `list` or `value`."""

    name: str
    help: str
    holds: str


class _Place(Struct, frozen=True):
    """A schema that holds at a place, and the name of the model that it is of."""

    schema: Schema
    name: str


@cache
def _schema() -> Schema:
    return json_schema("2020-12")


def keys_at(path: Path, beside: Iterable[str] = ()) -> list[Key]:
    """The keys of the mapping at a path. `beside` are keys that it has: they tell which kind it is of."""
    written = frozenset(beside)
    found: dict[str, Key] = {}
    for place in _of_kind(list(_places(path)), written):
        for name, schema in place.schema.get("properties", {}).items():
            found.setdefault(name, Key(name, line_on(place.name, name), _holds(schema)))
    return list(found.values())


def help_of(path: Path, key: str) -> str:
    """The line on a key of the mapping at a path; empty for one that is not the language's."""
    found = [place for place in _places(path) if key in place.schema.get("properties", {})]
    return line_on(found[0].name, key) if found else ""


def values_at(path: Path) -> list[str]:
    """The words that may stand at a path, where the language fixes them."""
    found: dict[str, None] = {}
    for place in _places(path):
        schema = place.schema
        words = schema.get("enum", [schema["const"]] if "const" in schema else [])
        found.update(dict.fromkeys(str(word) for word in words))
        if schema.get("type") == "boolean":
            found.update({"true": None, "false": None})
    return list(found)


def line_on(model: str, key: str) -> str:
    """The line on a key of the model of that name; empty if there is none."""
    table = STEP_HELP if model.endswith("Step") else KEY_HELP.get(model, {})
    return table.get(key, "")


def _holds(schema: Schema) -> str:
    kinds = {str(place.schema.get("type")) for place in _flat(schema, "")}
    if kinds == {"object"}:
        return "mapping"
    return "list" if kinds == {"array"} else "value"


def _of_kind(places: list[_Place], written: frozenset[str]) -> list[_Place]:
    """Those that have every key that is written; all of them if none has."""
    fitting = [place for place in places if written <= place.schema.get("properties", {}).keys()]
    return fitting or places


def _places(path: Path) -> Iterator[_Place]:
    found = list(_flat(_schema(), _ROOT))
    for part in path:
        found = [inner for place in found for inner in _below(place, part)]
    yield from found


def _below(place: _Place, part: str | int) -> Iterator[_Place]:
    schema = place.schema
    if isinstance(part, int):
        if isinstance(schema.get("items"), dict):
            yield from _flat(schema["items"], place.name)
        return
    named = schema.get("properties", {}).get(part)
    if named is not None:
        yield from _flat(named, _JOIN if part == "needs" else "")
        return
    for inner in schema.get("patternProperties", {}).values():
        yield from _flat(inner, _JOIN if part not in ("steps",) else "")


def _flat(schema: Schema, name: str) -> Iterator[_Place]:
    """The alternatives of a schema, references followed."""
    if "$ref" in schema:
        target = str(schema["$ref"]).rpartition("/")[2]
        yield from _flat(_schema()["$defs"][target], target)
        return
    options = [each for key in ("anyOf", "oneOf") for each in schema.get(key, [])]
    for option in options:
        yield from _flat(option, name)
    if not options:
        yield _Place(schema, name)
