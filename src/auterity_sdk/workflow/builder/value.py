"""Python values as a workflow file holds them: symbols in `${…}`, everything else itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import groupby
from typing import Any

from pydantic import BaseModel

from auterity_sdk.expression.templates import Template, parse_template
from auterity_sdk.workflow.builder.building import Graph
from auterity_sdk.workflow.builder.cel import Cel as CelText
from auterity_sdk.workflow.builder.cel import Level, Symbolic, call, cel_of, quoted, unspellable
from auterity_sdk.workflow.builder.source import refuse
from auterity_sdk.workflow.builder.symbol import Symbol
from auterity_sdk.workflow.duration import Duration


class Verbatim:
    """Text as it is written in a file, `${…}` included."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Text(Symbol):
    """A text with values of the run in it: what `text(…)` gives."""

    __slots__ = ("_parts",)
    _parts: tuple[Any, ...]

    def __init__(self, parts: tuple[object, ...]) -> None:
        cels = [cel_of(p) if isinstance(p, str) else call("string", p) for p in parts]
        steps = frozenset[Any]().union(*(cel.steps for cel in cels))
        level = Level.SUM if len(cels) > 1 else Level.MEMBER
        super().__init__(CelText(" + ".join(cel.text for cel in cels) or "''", level, steps))
        object.__setattr__(self, "_parts", parts)

    @property
    def __parts__(self) -> tuple[Any, ...]:
        """Plain text and symbols, in order."""
        return self._parts

    def template(self, seen: Callable[[CelText], str]) -> str:
        """The text with `${…}`; `seen` is told of each expression, and gives its text."""
        parts: list[str] = []
        for plain, group in groupby(self._parts, lambda part: isinstance(part, str)):
            if plain:
                parts.append(escaped("".join(group)))
                continue
            for part in group:
                parts[-1:] = [_without_last_dollars(last) for last in parts[-1:]]
                parts.append(f"${{{seen(cel_of(part))}}}")
        return "".join(parts)


def _without_last_dollars(text: str) -> str:
    """The text, whose last `$` would escape a `${` behind it, with an expression in their place."""
    kept = text.rstrip("$")
    count = len(text) - len(kept)
    return f"{kept}${{{quoted('$' * count)}}}" if count else text


def escaped(text: str) -> str:
    """Text that stands for itself in a file."""
    return text.replace("${", "$${")


def as_expression(value: object, graph: Graph) -> str:
    """A value where the file holds CEL."""
    if isinstance(value, Verbatim):
        return value.text
    return graph.seen(cel_of(value))


def as_value(value: object, graph: Graph) -> Any:
    """A value where the file holds data with `${…}`."""
    match value:
        case Verbatim():
            graph.texts.extend(_holes(value.text))
            return value.text
        case Text():
            return value.template(graph.seen)
        case Symbolic():
            return f"${{{graph.seen(value.__cel__)}}}"
        case None | bool() | int() | float() if not isinstance(value, Enum):
            return value
        case Enum():
            return as_value(value.value, graph)
        case str():
            return escaped(value)
        case Mapping():
            return {_key(key): as_value(item, graph) for key, item in value.items()}
        case list() | tuple():
            return [as_value(item, graph) for item in value]
    return as_value(_plain(value), graph)


def _holes(text: str) -> list[str]:
    template = parse_template(text)
    return [hole.expression for hole in template.holes] if isinstance(template, Template) else []


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    raise refuse(f"a key is text, not {type(key).__name__}", "write the key in quotes")


def _plain(value: object) -> Any:
    match value:
        case timedelta():
            return str(Duration.validate(value))
        case Duration():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case BaseModel():
            return value.model_dump(mode="json")
        case type() if issubclass(value, BaseModel):
            return value.model_json_schema()
    raise unspellable(value)
