"""Python annotations as the types of a workflow file."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, get_args, get_origin

from msgspec import Struct
from pydantic import BaseModel, TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic_core import to_jsonable_python

from auterity_sdk.workflow.builder.source import refuse

_NAMES: dict[object, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
}
NO_DEFAULT = inspect.Parameter.empty


class FileType(Struct, frozen=True):
    """A type as a workflow file writes it: `Annotated[Any, FileType({"type": "number", "minimum": 0})]`."""

    written: str | dict[str, Any]


def type_expression(annotation: object, default: object = NO_DEFAULT) -> str | dict[str, Any]:
    """A model by its name, everything else as its JSON Schema, with `default` where there is one."""
    if isinstance(annotation, str | dict):
        return annotation
    written = _file_type(annotation)
    if written is None and default is NO_DEFAULT:
        written = _name(annotation)
    if written is None:
        written = _schema(annotation)
    if default is NO_DEFAULT:
        return written
    schema = {"type": written} if isinstance(written, str) else written
    return {**schema, "default": _plain(default)}


def _file_type(annotation: object) -> str | dict[str, Any] | None:
    if get_origin(annotation) is not Annotated:
        return None
    found = [extra for extra in get_args(annotation)[1:] if isinstance(extra, FileType)]
    return found[0].written if found else None


def _name(annotation: object) -> str | None:
    if isinstance(annotation, type) and annotation in _NAMES:
        return _NAMES[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation.__name__
    return None


def _schema(annotation: object) -> dict[str, Any]:
    try:
        return _adapter(annotation).json_schema()
    except PydanticUserError:
        raise refuse(
            f"the annotation {annotation!r} has no JSON Schema",
            "use a Pydantic model, str, int, float, bool, list or dict",
        ) from None


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def _plain(default: object) -> object:
    return to_jsonable_python(default)
