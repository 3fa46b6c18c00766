"""From a test file's text to its model, with the place of everything that is wrong."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from msgspec import Struct
from pydantic import BaseModel, ValidationError

from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.diagnostics import Path as Place
from auterity_sdk.expression.suggest import did_you_mean
from auterity_sdk.runtime.project import read
from auterity_sdk.testing.cases.mistake import InvalidTests, Mistake
from auterity_sdk.testing.cases.model import CaseFile
from auterity_sdk.workflow.document import YamlSource, load_document

KEY = "[key]"

Model = TypeVar("Model", bound=BaseModel)


class Written(Struct, frozen=True):
    """A test file that could be read; `data` is what stands in it."""

    file: Path
    source: YamlSource
    data: Mapping[str, Any]
    model: CaseFile

    def line(self, place: Place) -> tuple[int, int]:
        """Where something stands: line and column of its key, from 1."""
        span = self.source.span(Location(place, "key"))
        return span.line, span.column


def read_tests(file: Path) -> Written:
    """Read a test file. Raises `InvalidTests`, and `UsageError` where it cannot be opened."""
    return parse_tests(read(file), file)


def parse_tests(content: bytes | str, file: Path) -> Written:
    """The same for the content of a file."""
    source, data, model = parsed(content, file, CaseFile, "a test file")
    return Written(file, source, data, model)


def parsed(
    content: bytes | str, file: Path, of: type[Model], what: str
) -> tuple[YamlSource, dict[str, Any], Model]:
    """A file with the key `cases`, as a model. Raises `InvalidTests` with the place of all that is wrong."""
    document = load_document(content, file=str(file))
    wrong = [
        Mistake(found.message, found.location, "; ".join(found.help))
        for found in document.diagnostics
        if found.severity is Severity.ERROR
    ]
    if wrong or not isinstance(document.data, dict):
        whole = Mistake(f"{what} is a map with the key `cases`", Location())
        raise InvalidTests(document.source, wrong or [whole])
    try:
        model = of.model_validate(document.data)
    except ValidationError as error:
        raise InvalidTests(document.source, _mistakes(error, document.data, of)) from None
    return document.source, document.data, model


def _mistakes(error: ValidationError, data: Any, of: type[BaseModel]) -> Iterator[Mistake]:
    for each in error.errors(include_url=False):
        place, is_key = _in_file(each["loc"], data)
        match each["type"]:
            case "extra_forbidden":
                yield _unknown_key(each["loc"], place, of)
            case "missing":
                name = each["loc"][-1]
                yield Mistake(f"the key `{name}` is missing", Location(place, "key"))
            case _:
                yield Mistake(f"`{_named(place)}`: {_said(each['msg'])}", _place(place, is_key))


def _place(place: Place, is_key: bool) -> Location:
    return Location(place, "key" if is_key else "value")


def _said(message: str) -> str:
    """Pydantic's words as ours: lower case, no full stop."""
    text = message.removeprefix("Input should ").rstrip(".")
    return text[:1].lower() + text[1:]


def _unknown_key(loc: Place, place: Place, of: type[BaseModel]) -> Mistake:
    known = keys_at(loc[:-1], of)
    near = did_you_mean(str(loc[-1]), known)
    listed = f"the keys here are {', '.join(f'`{key}`' for key in known)}"
    advice = f"a similar key exists: `{near}`" if near else listed
    return Mistake(f"unknown key `{loc[-1]}`", Location(place, "key"), advice)


def _named(place: Place) -> str:
    return ".".join(map(str, place)) or "the file"


def _in_file(loc: Place, data: Any) -> tuple[Place, bool]:
    """The part of Pydantic's place that stands in the file: a single script stands there without its list."""
    place: list[str | int] = []
    is_key = loc[-1:] == (KEY,)
    for part in loc:
        if isinstance(data, dict) and part in data:
            data = data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            continue
        place.append(part)
    return tuple(place), is_key


def keys_at(loc: Place, of: type[BaseModel] = CaseFile) -> tuple[str, ...]:
    """The keys that may stand at a place of Pydantic's; none where any may."""
    current: Any = of
    for part in loc:
        current = _inner(_plain(current), part)
    current = _plain(current)
    if not (isinstance(current, type) and issubclass(current, BaseModel)):
        return ()
    return tuple(field.alias or name for name, field in current.model_fields.items())


def _inner(kind: Any, part: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if part in (name, field.alias):
                return field.annotation
        return None
    arguments = get_args(kind)
    return arguments[-1] if arguments else None


def _plain(kind: Any) -> Any:
    """Without notes, and without None."""
    while True:
        origin = get_origin(kind)
        if origin is Annotated:
            kind = get_args(kind)[0]
        elif origin in (Union, types.UnionType):
            kind = next(part for part in get_args(kind) if part is not type(None))
        else:
            return kind
