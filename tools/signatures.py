"""Write what the built-in step types and types say of themselves into the data that checks read; tells whether it changed.

`python -m tools.pages` does it too: after a change of a built-in step type, of a type, or of what a signature holds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES, BUILTIN_TYPES
from auterity_sdk.steps.plain_form import to_plain
from auterity_sdk.steps.prepared import NOT_KEPT
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.said_in_full import said_in_full

FILE = Path(__file__).parents[1] / "src/auterity_sdk/steps/builtin/signatures.json"


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
