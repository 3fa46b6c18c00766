"""Tools that a step lists for a model: what each is called, what it is given, and what is wrong with a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from auterity_sdk.workflow.fields import fields_schema
from auterity_sdk.workflow.signature import (
    COMMON_OUTCOMES,
    DONE,
    OK,
    TIMEOUT,
    Catalog,
    JsonSchema,
    Signature,
)

TOOL_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""What providers take for the name of a function, and this language for an outcome."""

_TAKEN = frozenset((OK, DONE, TIMEOUT, *COMMON_OUTCOMES))

Place = tuple[str | int, ...]


def tool_names(written: Any) -> tuple[str, ...]:
    """The names in a list of tools, in order; those that can be none are left out."""
    names = written if isinstance(written, Mapping) else ()
    return tuple(name for name in names if isinstance(name, str) and TOOL_NAME.fullmatch(name))


def tool_schema(written: Mapping[str, Any], catalog: Catalog) -> JsonSchema:
    """The JSON Schema, with its `$defs`, of what a model gives a tool.

    `input` is as in `fields_schema`, or a list of names of the arguments of the step type that `uses` names: all,
    if there is no `input`. With neither, a tool is given nothing. Raises KeyError with the name of a type or step type
    that is not known, and ValueError for what describes no object.
    """
    uses, chosen = written.get("uses"), written.get("input")
    if uses is None:
        if isinstance(chosen, list):
            raise ValueError("names of arguments need `uses`, the step type whose they are")
        return _nothing() if chosen is None else fields_schema(chosen, catalog)
    signature = catalog.signature(str(uses))
    if signature is None:
        raise KeyError(str(uses))
    if chosen is not None and not isinstance(chosen, list):
        raise ValueError(f"with `uses` it is a list of names of the arguments of `{uses}`")
    return _of_arguments(signature, chosen)


def tool_problems(
    written: Any, signature: Signature, catalog: Catalog
) -> Iterator[tuple[Place, str]]:
    """What is wrong with a list of tools: the place below it, and a message."""
    for name, entry in written.items() if isinstance(written, Mapping) else ():
        fields = signature.output.get("properties", {})
        if name in _TAKEN or name in signature.outcomes or name in fields:
            yield (name,), f"`{name}` is an outcome or a field of the step itself"
        if not isinstance(entry, Mapping):
            continue  # its type says so
        try:
            tool_schema(entry, catalog)
        except ValueError as error:
            yield (name, "input"), f"`input` does not fit: {error}"
        except KeyError as error:
            if error.args[0] == entry.get("uses"):
                yield (name, "uses"), f"there is no step type `{error.args[0]}`"


def _of_arguments(signature: Signature, chosen: list[Any] | None) -> JsonSchema:
    parameters = signature.parameters
    for name in chosen or ():
        if name not in parameters:
            raise ValueError(f"`{signature.name}` has no argument `{name}`")
    names = list(parameters) if chosen is None else list(dict.fromkeys(chosen))
    made: dict[str, Any] = {
        **_nothing(),
        "properties": {name: parameters[name].schema for name in names},
        "required": [name for name in names if parameters[name].required],
    }
    definitions = _referred(made, signature.definitions)
    return {**made, "$defs": definitions} if definitions else made


def _referred(schema: Any, definitions: Mapping[str, JsonSchema]) -> dict[str, JsonSchema]:
    """Those of the definitions that a schema refers to, through others too: a model reads all that it is told."""
    found: dict[str, JsonSchema] = {}
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(each)
        if not isinstance(each, Mapping):
            continue
        waiting.extend(each.values())
        name = str(each.get("$ref", "")).rpartition("/")[2]
        if name in definitions and name not in found:
            found[name] = definitions[name]
            waiting.append(definitions[name])
    return found


def _nothing() -> dict[str, Any]:
    return {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
