"""From a file's data to the model: Pydantic's findings with the data's own paths, and what is sound beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct, field
from pydantic import ValidationError

from auterity_sdk.checks.subject import SchemaError
from auterity_sdk.diagnostics import Path, SourceMap
from auterity_sdk.workflow.model import LANGUAGE_VERSION, Workflow, load
from auterity_sdk.workflow.step import KIND_TAGS

_ROUNDS = 8
"""Some findings of the model only show when others are out of the way; more rounds find nothing new."""

_PLACEHOLDERS: Mapping[str, Any] = {"auterity": LANGUAGE_VERSION, "name": "unnamed"}


@runtime_checkable
class KeepsText(Protocol):
    """A source that knows how a plain value was written."""

    def raw_scalar(self, path: Path) -> str | None:
        """The exact text of the plain scalar at `path`: `1.10` where the data has 1.1."""
        ...


class Reading(Struct):
    """The model as far as it can be read. `broken` are the top-level steps left out, with their paths;
    `exact_texts` the places where the text that was written took the place of a value."""

    workflow: Workflow | None = None
    errors: tuple[SchemaError, ...] = ()
    broken: dict[str, Path] = field(default_factory=dict)
    exact_texts: set[Path] = field(default_factory=set)


def read_workflow(data: Any, source: SourceMap) -> Reading:
    """Read the model; leave out what is wrong, and read the rest again, so that later checks go on."""
    reading = Reading()
    found: dict[tuple[str, Path], SchemaError] = {}
    for _ in range(_ROUNDS):
        try:
            reading.workflow = load(data)
            break
        except ValidationError as error:
            errors = _errors(error)
        data, errors = _with_exact_text(data, errors, source, reading.exact_texts)
        found.update({(error.type, error.path): error for error in errors})
        pruned = _without(data, errors, reading.broken)
        if pruned is None:
            break
        data = pruned
    reading.errors = tuple(found.values())
    return reading


def _errors(error: ValidationError) -> list[SchemaError]:
    return [
        SchemaError(
            detail["type"],
            tuple(part for part in detail["loc"] if part not in KIND_TAGS),
            detail["msg"],
            detail["input"],
            detail.get("ctx", {}),
        )
        for detail in error.errors(include_url=False)
    ]


def _with_exact_text(
    data: Any, errors: list[SchemaError], source: SourceMap, read: set[Path]
) -> tuple[Any, list[SchemaError]]:
    """Where text is wanted, a plain value is the text that was written: `description: 1.10`."""
    left = []
    for error in errors:
        text = None
        if error.type == "string_type" and isinstance(source, KeepsText):
            # A value left empty is a null, which is no text.
            text = source.raw_scalar(error.path) or None
        if text is None:
            left.append(error)
        else:
            data = _changed(data, error.path, text)
            read.add(error.path)
    return data, left


def _changed(data: Any, path: Path, value: Any) -> Any:
    """A copy of `data` with another value at `path`; containers beside the path are shared."""
    if not path:
        return value
    copy = data.copy()
    copy[path[0]] = _changed(data[path[0]], path[1:], value)
    return copy


def _without(data: Any, errors: Iterable[SchemaError], broken: dict[str, Path]) -> Any:
    """A copy without the parts that have errors; None if nothing would be left to read."""
    if not isinstance(data, dict):
        return None
    left = {key: value.copy() if isinstance(value, dict) else value for key, value in data.items()}
    for error in errors:
        if not error.path or error.path == ("steps",):
            return None
        _leave_out(left, error.path, broken)
    return left if left.get("steps") else None


def _leave_out(data: dict[str, Any], path: Path, broken: dict[str, Path]) -> None:
    top, *rest = path
    members = data.get(str(top))
    if top == "steps" and rest and isinstance(members, dict):
        members.pop(rest[0], None)
        broken[str(rest[0])] = path[:2]
    elif top == "input" and rest and isinstance(members, dict) and "[key]" not in rest:
        # A type that cannot be read may be any: what reads the input is not at fault.
        members[rest[0]] = {}
    elif top in ("ends", "input") and rest and isinstance(members, dict):
        members.pop(rest[0], None)
    elif top in _PLACEHOLDERS:
        data[str(top)] = _PLACEHOLDERS[str(top)]
    else:
        data.pop(str(top), None)
