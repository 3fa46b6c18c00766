"""Write what the built-in step types and types say of themselves into the data that checks read; tells whether it changed.

`python -m tools.pages` does it too: after a change of a built-in step type, of a type, or of what a signature holds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES, BUILTIN_TYPES
from auterity_sdk.steps.plain_form import to_plain
from auterity_sdk.steps.prepared import NOT_KEPT
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import StepType
from auterity_sdk.workflow.duration import Duration

FILE = Path(__file__).parents[1] / "src/auterity_sdk/steps/builtin/signatures.json"

_SAID_IN_FULL = {
    "str",
    "int",
    "float",
    "bool",
    "none",
    "literal",
    "nullable",
    "default",
    "union",
    "list",
}
"""Pydantic's validators of which a JSON Schema says all that they take as it is."""


def data() -> dict[str, Any]:
    """The data, from the code. ValueError where two definitions have one name."""
    registry = Registry(BUILTIN_STEP_TYPES, BUILTIN_TYPES)
    definitions: dict[str, Any] = {}
    step_types, types = {}, {}
    for name, target in BUILTIN_STEP_TYPES.items():
        made = registry.step_type(name)
        if made is None:
            continue
        signature = made.signature
        step_types[target] = {
            "signature": to_plain(signature, without=NOT_KEPT),
            "definitions": _pooled(signature.definitions, definitions),
            "by_schema": [each for each in signature.parameters if said_in_full(made, each)],
        }
    for name, target in BUILTIN_TYPES.items():
        schema = dict(registry.type_schema(name) or {})
        names = _pooled(schema.pop("$defs", {}), definitions)
        types[target] = {"schema": schema, "definitions": names}
    return {
        "definitions": dict(sorted(definitions.items())),
        "step_types": step_types,
        "types": types,
    }


def _pooled(own: Mapping[str, Any], pool: dict[str, Any]) -> list[str]:
    """The names of the definitions, which are in the pool then."""
    for name, definition in own.items():
        if pool.setdefault(name, definition) != definition:
            raise ValueError(f"there are two definitions `{name}`: rename one of the models")
    return sorted(own)


def said_in_full(made: StepType[..., Any], name: str) -> bool:
    """The argument's JSON Schema says all there is: no code of a type judges a plain value besides."""
    hint = get_type_hints(made.function, include_extras=True)[name]
    return all(map(_is_said, _validators(TypeAdapter(hint).core_schema)))


def _is_said(validator: Mapping[str, Any]) -> bool:
    if validator["type"] == "function-plain":
        return bool(validator["function"]["function"] == Duration.validate)
    return validator["type"] in _SAID_IN_FULL and not validator.get("strict")


def _validators(validator: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A validator of Pydantic's, and all that it is made of."""
    yield validator
    inner = [validator.get("schema"), validator.get("items_schema"), *validator.get("choices", ())]
    for each in inner:
        if each is not None:
            yield from _validators(each)


def text() -> str:
    """The data as the file holds it: a line for each step type, type and definition."""
    parts = []
    for part, members in data().items():
        lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in members.items())
        parts.append(f"{json.dumps(part)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{" + ",\n".join(parts) + "}\n"


def main() -> int:
    """Write the file where it is not as the code says."""
    new = text()
    if not FILE.exists() or FILE.read_text(encoding="utf-8") != new:
        FILE.write_text(new, encoding="utf-8")
        print(f"wrote {FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
