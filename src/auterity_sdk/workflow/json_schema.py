"""The JSON Schema of a workflow file, made of the model, for editors and other tools."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from auterity_sdk.workflow.model import Workflow

Dialect = Literal["draft-07", "2020-12"]

DIALECTS: dict[Dialect, str] = {
    "draft-07": "http://json-schema.org/draft-07/schema#",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
"""The dialects, with the address that names each. Editors of YAML read draft-07 at most."""

ID = "urn:auterity:workflow:{dialect}"

Json = dict[str, Any]

_ONE_KEY = {"minProperties": 1, "maxProperties": 1}
# What validators of the model ask for across keys.
_ACROSS_KEYS: dict[str, Json] = {
    "Approve": {"dependentRequired": {"default": ["timeout"]}},
    "ForEach": {"dependentRequired": {"where": ["first"], "more": ["max"]}},
    "Remind": _ONE_KEY,
    "Retry": {"not": {"required": ["on", "not_on"]}},
    "Trigger": {
        "oneOf": [{"required": [kind]} for kind in ("webhook", "event", "schedule")],
        "not": {"required": ["schedule", "debounce"]},
    },
    "WatchStep": {"not": {"anyOf": [{"required": ["needs"]}, {"required": ["when"]}]}},
}
_PLAIN_TEXT = ("string", "number", "boolean")


def json_schema(dialect: Dialect = "draft-07") -> Json:
    """The schema in a dialect, complete in itself.

    Where text is wanted, numbers and true and false may stand too: the reader of YAML keeps their letters.
    """
    made: Json = Workflow.model_json_schema()
    for name, extra in _ACROSS_KEYS.items():
        made["$defs"][name].update(extra)
    return in_dialect(made, dialect, ID, "Auterity workflow")


def in_dialect(
    made: Json, dialect: Dialect, id: str, title: str, *, plain_texts: bool = True
) -> Json:
    """A schema that Pydantic made, in a dialect; `id` has the place `{dialect}`.

    `plain_texts`: numbers and true and false may stand where text is wanted.
    """
    made = _walked(made, partial(_cleaned, plain_texts=plain_texts))
    if dialect == "draft-07":
        made = _walked(made, _as_draft_07)
    head = {"$schema": DIALECTS[dialect], "$id": id.format(dialect=dialect)}
    return {**head, **made, "title": title}


def _walked(schema: Json, change: Callable[[Json], Json]) -> Json:
    """Every schema in a schema changed, inner ones first."""
    made: Json = {}
    for key, value in schema.items():
        if key in ("properties", "patternProperties", "$defs", "definitions"):
            made[key] = {name: _walked(inner, change) for name, inner in value.items()}
        elif key in ("anyOf", "oneOf", "allOf"):
            made[key] = [_walked(inner, change) for inner in value]
        elif key in ("items", "additionalProperties", "propertyNames") and isinstance(value, dict):
            made[key] = _walked(value, change)
        else:
            made[key] = value
    return change(made)


def _cleaned(schema: Json, *, plain_texts: bool) -> Json:
    """Without titles made of names and without null: a key is left out, never left empty."""
    made = {key: value for key, value in schema.items() if key not in ("title", "discriminator")}
    if made.get("default", ...) is None:
        del made["default"]
    if "anyOf" in made:
        left = [part for part in made["anyOf"] if part != {"type": "null"}]
        made["anyOf"] = left
        if len(left) == 1:
            del made["anyOf"]
            made = {**left[0], **made}
    if "patternProperties" in made:
        made["additionalProperties"] = False
    return _any_plain_inside(made) if plain_texts else made


def _any_plain_inside(made: Json) -> Json:
    for holder in ("properties", "patternProperties"):
        if holder in made:
            made[holder] = {name: _any_plain(inner) for name, inner in made[holder].items()}
    if isinstance(made.get("additionalProperties"), dict):
        made["additionalProperties"] = _any_plain(made["additionalProperties"])
    return made


def _any_plain(schema: Json) -> Json:
    """Free text may be written as any plain value."""
    free = schema.get("type") == "string" and not {"pattern", "enum", "const"} & {*schema}
    return {**schema, "type": list(_PLAIN_TEXT)} if free else schema


def _as_draft_07(schema: Json) -> Json:
    made = dict(schema)
    if "$defs" in made:
        made["definitions"] = made.pop("$defs")
    if "dependentRequired" in made:
        made["dependencies"] = made.pop("dependentRequired")
    if "$ref" in made:
        reference = {"$ref": made.pop("$ref").replace("#/$defs/", "#/definitions/")}
        # Draft-07 reads nothing beside a `$ref`.
        made = {"allOf": [reference], **made} if made else reference
    return made
