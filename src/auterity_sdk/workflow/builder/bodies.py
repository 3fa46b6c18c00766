"""Steps with a body: a function decorated with `@for_each(…)` or `@repeat(…)` is a graph of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Generic, TypeVar, cast, overload

from auterity_sdk.workflow.builder.building import Graph, graph_now, opened
from auterity_sdk.workflow.builder.cel import Cel
from auterity_sdk.workflow.builder.maker import Configurable, Described, add_step
from auterity_sdk.workflow.builder.source import refuse
from auterity_sdk.workflow.builder.step_value import Each, Repeated
from auterity_sdk.workflow.builder.symbol import Plain
from auterity_sdk.workflow.builder.value import as_expression, as_value

T = TypeVar("T")
R = TypeVar("R")


class ForEachMaker(Configurable):
    """Run a body for each item of a list. The function's name is the step's id; what it returns is an
    item's output.

        @for_each(lead.lenders, max_parallel=3)
        def quotes(lender: Lender) -> dict[str, object]:
            offer = ask(lender=lender)
            return {"rate": offer.rate}

    The first parameter is the item (a name other than `item` is the file's `as`), the second, if any, is
    the index: `index`, or `lender_index`. `where(…)` in the body says which items count for `first`, `more(…)`
    which items come to those that there are, up to `max`.
    """

    def __call__(
        self,
        items: Iterable[T],
        *,
        as_: str | None = None,
        max_parallel: int | None = None,
        until_failures: int | str | None = None,
        first: int | None = None,
        max: int | None = None,
    ) -> EachBody[T]:
        """A decorator for the body's function."""
        given = {
            "max_parallel": max_parallel,
            "until_failures": until_failures,
            "first": first,
            "max": max,
        }
        keys = {key: value for key, value in given.items() if value is not None}
        return EachBody(self._options, items, as_, keys)


class EachBody(Generic[T]):
    """Makes a `for_each` of the function that it decorates."""

    def __init__(
        self, options: Mapping[str, Any], items: object, as_: str | None, keys: dict[str, Any]
    ) -> None:
        self._options, self._items, self._as, self._keys = options, items, as_, keys

    @overload
    def __call__(self, function: Callable[[T], R]) -> Each[R]: ...
    @overload
    def __call__(self, function: Callable[[T, int], R]) -> Each[R]: ...
    def __call__(self, function: Callable[..., R]) -> Each[R]:
        """Build the body."""
        parameters = _parameters(function)
        if not 1 <= len(parameters) <= 2:
            raise refuse("the body of `for_each` takes the item, and the index if it is needed")
        as_ = self._as or (None if parameters[0] == "item" else parameters[0])
        names = [as_ or "item", f"{as_}_index" if as_ else "index"]
        if self._as is None and parameters[1:] not in ([], names[1:]):
            raise refuse(f"the second parameter is the index, `{names[1]}`")
        outcomes = ("ok", "exhausted") if "first" in self._keys else ("ok",)

        def describe() -> Described[Each[R]]:
            graph = graph_now("for_each")
            items = as_expression(self._items, graph)
            given = dict(zip(parameters, names, strict=False))
            body = _body(graph, function, given, frozenset(names), "for_each", self._options)
            named = {"as": as_} if as_ else {}
            keys = {key: as_value(value, graph) for key, value in self._keys.items()}
            data = {"for_each": {"in": items, **named, **keys, **body}}
            return Described(data, outcomes, ("for_each",), ("in",))

        return cast("Each[R]", add_step("for_each", self._options, describe, function.__name__))


class RepeatMaker(Configurable):
    """Run a body until a condition holds, which `until(…)` in the body says.

        @repeat(max=5, every="1d")
        def chase(index: int) -> None:
            sent = remind(round=index)
            until(sent.answered == True)

    The parameters are `index` (from 0) and `previous` (the output of the round before), both as needed,
    or with a name before them, which is the file's `as`: `day_index`.
    """

    def __call__(
        self,
        *,
        max: int | None = None,
        every: str | timedelta | None = None,
        as_: str | None = None,
    ) -> Callable[[Callable[..., R]], Repeated[R]]:
        """A decorator for the body's function."""

        def decorate(function: Callable[..., R]) -> Repeated[R]:
            describe = _repeated(function, as_, max, every, self._options)
            made = add_step("repeat", self._options, describe, function.__name__)
            return cast("Repeated[R]", made)

        return decorate


def _repeated(
    function: Callable[..., R],
    as_: str | None,
    max: int | None,
    every: object,
    options: Mapping[str, Any],
) -> Callable[[], Described[Repeated[R]]]:
    parameters = _parameters(function)
    name = as_ or _prefix(parameters)
    bound = {word: f"{name}_{word}" if name else word for word in ("index", "previous")}

    def describe() -> Described[Repeated[R]]:
        graph = graph_now("repeat")
        given = {parameter: bound[_word(parameter)] for parameter in parameters}
        body = _body(graph, function, given, frozenset(bound.values()), "repeat", options)
        if "until" not in body:
            raise refuse("a `repeat` does not say until when", "write until(condition) in its body")
        keys = {"max": max, "every": None if every is None else as_value(every, graph), "as": name}
        data = {key: value for key, value in keys.items() if value is not None}
        return Described({"repeat": {**body, **data}}, ("ok", "exhausted"), None)

    return describe


def _word(parameter: str) -> str:
    for word in ("index", "previous"):
        if parameter == word or parameter.endswith(f"_{word}"):
            return word
    raise refuse(
        f"the body of `repeat` has no value for `{parameter}`",
        "its parameters are `index` and `previous`, or `day_index` and `day_previous`",
    )


def _prefix(parameters: list[str]) -> str | None:
    found = {name.removesuffix(_word(name)).removesuffix("_") for name in parameters}
    if len(found) > 1:
        raise refuse("the body's parameters have different names before `index` and `previous`")
    return found.pop() or None if found else None


def _body(
    around: Graph,
    function: Callable[..., object],
    given: Mapping[str, str],
    bound: frozenset[str],
    kind: str,
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """The `steps`, `output` and declarations of a body, built by calling its function."""
    step_id = options.get("id") or function.__name__
    path = (*around.step_path(step_id), kind)
    body = Graph(around.places, around, path, bound)
    symbols = {parameter: Plain(Cel(name)) for parameter, name in given.items()}
    with opened(body):
        returned = function(**symbols)
        output = None if returned is None else as_value(returned, body)
    if not body.steps:
        raise refuse(f"the body of `{step_id}` has no step")
    around.texts.extend(body.texts)
    made = {"steps": body.steps, **body.declared}
    return made if output is None else {**made, "output": output}


def _parameters(function: Callable[..., object]) -> list[str]:
    return list(inspect.signature(function).parameters)


def until(condition: object) -> None:
    """When a `repeat` ends: a condition on its body's steps, read after each round."""
    _declare("until", "repeat", condition)


def where(condition: object) -> None:
    """Which items of a `for_each` count for its `first`: a condition on its body's steps."""
    _declare("where", "for_each", condition)


def more(items: object) -> None:
    """The items that an item of a `for_each` adds to those that there are: a list of its body's steps, mostly."""
    _declare("more", "for_each", items)


def _declare(word: str, kind: str, condition: object) -> None:
    graph = graph_now(word)
    if graph.path[-1:] != (kind,):
        raise refuse(f"`{word}` belongs into the body of a `{kind}`")
    if word in graph.declared:
        raise refuse(f"this body says `{word}` already")
    graph.declared[word] = as_expression(condition, graph)
    graph.places.call((*graph.path, word), graph.places.here())


for_each = ForEachMaker()
repeat = RepeatMaker()
