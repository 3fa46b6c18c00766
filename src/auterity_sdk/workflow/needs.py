"""What a step waits for: edges `step.outcome`, and joins over them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, LiteralString

from msgspec import Struct
from pydantic import PlainSerializer, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError

EDGE_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$"
_EDGE = re.compile(EDGE_PATTERN)


class JoinKind(StrEnum):
    """How many edges of a join must be met; `language.md` section 4 has the table."""

    ANY = "any"
    ONE = "one"
    FIRST = "first"
    AT_LEAST = "at_least"


class Edge(Struct, frozen=True, order=True):
    """The outcome of a step. `outcome` None is what was written `a`, short for `a.ok`."""

    step: str
    outcome: str | None = None

    def __str__(self) -> str:
        return self.step if self.outcome is None else f"{self.step}.{self.outcome}"


class Join(Struct, frozen=True):
    """Several edges of which some must be met. `count` is the k of `at_least`, else 1."""

    kind: JoinKind
    edges: tuple[Edge, ...]
    count: int = 1
    cancel_rest: bool = False


Need = Edge | Join


def edges_of(needs: tuple[Need, ...]) -> Iterator[tuple[tuple[str | int, ...], Edge]]:
    """Every edge with its place below `needs`, as it stands where `needs` is written as a list."""
    for index, need in enumerate(needs):
        if isinstance(need, Edge):
            yield (index,), need
            continue
        key = "of" if need.kind is JoinKind.AT_LEAST else str(need.kind)
        for position, edge in enumerate(need.edges):
            yield (index, key, position), edge


Place = tuple[str | int, ...]


def _refused(type: LiteralString, message: str, place: Place, value: object) -> ValidationError:
    """An error with its own place below `needs`, which Pydantic puts behind the place of `needs`."""
    error = PydanticCustomError(type, "{message}", {"message": message})
    details = InitErrorDetails(type=error, loc=place, input=value)
    return ValidationError.from_exception_data("needs", [details])


def _edge(value: object, place: Place) -> Edge:
    if isinstance(value, Edge):
        return value
    if not isinstance(value, str):
        raise _refused("bad_edge", "an edge is `step` or `step.outcome`", place, value)
    if not _EDGE.fullmatch(value):
        message = f"`{value}` is not an edge such as `step` or `step.outcome`"
        raise _refused("bad_edge", message, place, value)
    step, _, outcome = value.partition(".")
    return Edge(step, outcome or None)


def _join(value: dict[Any, Any], place: Place) -> Join:
    kinds = [kind for kind in JoinKind if kind.value in value]
    if len(kinds) != 1:
        message = "a join has exactly one of the keys any, one, first, at_least (with of)"
        raise _refused("bad_join", message, place, value)
    kind = kinds[0]
    counted = kind is JoinKind.AT_LEAST
    allowed = {kind.value} | ({"of"} if counted else set())
    if counted or kind is JoinKind.FIRST:
        allowed.add("cancel_rest")
    for key in value:
        if key not in allowed:
            message = f"a join `{kind.value}` has no key `{key}`"
            raise _refused("bad_join", message, (*place, str(key)), value[key])
    key = "of" if counted else kind.value
    edges = _edges(value.get(key), (*place, key))
    return Join(kind, edges, _count(value, kind, len(edges), place), _cancel_rest(value, place))


def _edges(value: object, place: Place) -> tuple[Edge, ...]:
    if not isinstance(value, list | tuple) or not value:
        message = f"`{place[-1]}` takes a list of edges"
        raise _refused("bad_join", message, place, value)
    edges = tuple(_edge(item, (*place, index)) for index, item in enumerate(value))
    for index, edge in enumerate(edges):
        if edge in edges[:index]:
            message = f"the edge `{edge}` stands twice in one join"
            raise _refused("duplicate_edge", message, (*place, index), value)
    return edges


def _count(value: dict[Any, Any], kind: JoinKind, edges: int, place: Place) -> int:
    if kind is not JoinKind.AT_LEAST:
        return 1
    count = value["at_least"]
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= edges:
        message = f"`at_least` is a whole number from 1 to the number of edges in `of`, {edges}"
        raise _refused("bad_join", message, (*place, "at_least"), count)
    return count


def _cancel_rest(value: dict[Any, Any], place: Place) -> bool:
    cancel = value.get("cancel_rest", False)
    if not isinstance(cancel, bool):
        message = "`cancel_rest` is true or false"
        raise _refused("bad_join", message, (*place, "cancel_rest"), cancel)
    return cancel


def _need(value: object, place: Place) -> Need:
    if isinstance(value, Join):
        return value
    return _join(value, place) if isinstance(value, dict) else _edge(value, place)


def _needs(value: object) -> tuple[Need, ...]:
    if isinstance(value, list | tuple):
        if not value:
            message = "`needs` is empty: leave the key out for a step that starts at once"
            raise _refused("bad_join", message, (), value)
        return tuple(_need(item, (index,)) for index, item in enumerate(value))
    return (_need(value, ()),)


def _written_need(need: Need) -> str | dict[str, Any]:
    if isinstance(need, Edge):
        return str(need)
    edges = [str(edge) for edge in need.edges]
    written: dict[str, Any] = (
        {"at_least": need.count, "of": edges}
        if need.kind is JoinKind.AT_LEAST
        else {need.kind.value: edges}
    )
    if need.cancel_rest:
        written["cancel_rest"] = True
    return written


def written(needs: tuple[Need, ...]) -> Any:
    """`needs` as it is written in a file: the bare edge or join where there is only one."""
    plain = [_written_need(need) for need in needs]
    return plain[0] if len(plain) == 1 else plain


def _json_schema() -> dict[str, Any]:
    edge = {"type": "string", "pattern": EDGE_PATTERN}
    edges = {"type": "array", "items": edge, "minItems": 1, "uniqueItems": True}
    flag = {"type": "boolean"}

    def join(**properties: object) -> dict[str, Any]:
        required = [key for key in properties if key != "cancel_rest"]
        return {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }

    joins = [
        join(any=edges),
        join(one=edges),
        join(first=edges, cancel_rest=flag),
        join(at_least={"type": "integer", "minimum": 1}, of=edges, cancel_rest=flag),
    ]
    need = {"anyOf": [edge, *joins]}
    return {"anyOf": [edge, *joins, {"type": "array", "items": need, "minItems": 1}]}


Needs = Annotated[
    tuple[Need, ...],
    PlainValidator(_needs),
    PlainSerializer(written),
    WithJsonSchema(_json_schema()),
]
"""The value of `needs` and of an end: all of its members must be met."""
