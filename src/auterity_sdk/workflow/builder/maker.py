"""What makes steps: called inside a workflow function, it adds one to the graph."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, Generic, ParamSpec, Self, TypeVar, cast

from msgspec import Struct

from auterity_sdk.workflow.builder.building import Graph, graph_now
from auterity_sdk.workflow.builder.built_step import BuiltStep
from auterity_sdk.workflow.builder.edge import needs_of, requirements
from auterity_sdk.workflow.builder.source import CallSite, call_site
from auterity_sdk.workflow.builder.step_value import StepValue
from auterity_sdk.workflow.builder.value import as_expression, as_value
from auterity_sdk.workflow.signature import OK

P = ParamSpec("P")
R = TypeVar("R")

_EXPRESSIONS = frozenset({"when", "lock"})


class Described(Struct, Generic[R], frozen=True):
    """A step of some kind: its data and its type's outcomes.

    `keywords` is where its call's named arguments stand in the data, `positional` their names for those
    without one.
    """

    data: dict[str, Any]
    outcomes: tuple[str, ...] | None = (OK,)
    keywords: tuple[str, ...] | None = None
    positional: tuple[str, ...] = ()


class Configurable:
    """Something that makes steps and takes `.options(…)`."""

    _options: Mapping[str, Any] = {}

    def options(
        self,
        *,
        id: str | None = None,
        description: str | None = None,
        needs: object = None,
        when: object = None,
        retry: Mapping[str, object] | None = None,
        timeout: object = None,
        lock: object = None,
        cache: Mapping[str, object] | None = None,
        queue: str | None = None,
        budget: Mapping[str, object] | None = None,
    ) -> Self:
        """The same, for steps with these keys of a workflow file; `compensate(…)` is a call of its own.

        `id` stands in place of the name that the call is assigned to, `needs` in place of the `with`s
        around it. `when` and `lock`, and the `key` of `cache`, take values of the run.
        """
        given = {key: value for key, value in locals().items() if key != "self"}
        given = {key: value for key, value in given.items() if value is not None}
        configured = copy(self)
        configured._options = {**self._options, **given}
        return configured


class StepMaker(Configurable, Generic[P, R]):
    """Makes steps of one kind; `describe` says what a call means."""

    def __init__(self, name: str, describe: Callable[P, Described[R]]) -> None:
        self.kind = name
        self._describe = describe
        self.__doc__ = describe.__doc__

    def __call__(self, /, *arguments: P.args, **keywords: P.kwargs) -> R:
        """Add a step to the graph that is built, and give its value."""
        return cast(
            "R", add_step(self.kind, self._options, lambda: self._describe(*arguments, **keywords))
        )

    def __repr__(self) -> str:
        return f"<{self.kind}>"


def add_step(
    kind: str, options: Mapping[str, Any], describe: Callable[[], Described[Any]], id: str = ""
) -> StepValue:
    """Add a step to the graph that is built. Its id is that of the options, `id`, or the assigned name."""
    graph, site = graph_now(kind), call_site()
    step_id = options.get("id") or id or _assigned(site, kind)
    graph.check_id(step_id, site)
    before = len(graph.texts)
    described = describe()
    data = {**described.data, **configured(options, graph)}
    built = BuiltStep(step_id, graph, described.outcomes, site)
    needs = _own_needs(options, graph)
    graph.add(built, data, needs, graph.texts[before:])
    _placed(graph, built, described)
    return StepValue(built)


def configured(options: Mapping[str, Any], graph: Graph) -> dict[str, Any]:
    """The keys of `.options(…)` as the file holds them."""
    found: dict[str, Any] = {}
    for key, value in options.items():
        if key in ("id", "needs"):
            continue
        if key in _EXPRESSIONS:
            found[key] = as_expression(value, graph)
        elif key == "cache" and "key" in value:
            rest = {name: item for name, item in value.items() if name != "key"}
            found[key] = {"key": as_expression(value["key"], graph), **as_value(rest, graph)}
        else:
            found[key] = value if key in ("description", "queue") else as_value(value, graph)
    return found


def _own_needs(options: Mapping[str, Any], graph: Graph) -> Any:
    if "needs" not in options:
        return None
    for requirement in requirements(options["needs"]):
        for each in requirement.edges():
            graph.own(each.source_step())
    return needs_of(options["needs"])


def _assigned(site: CallSite, kind: str) -> str:
    if site.target is not None:
        return site.target.id
    if site.module is None:
        message = f"the name of this `{kind}` cannot be found, as the source is not at hand"
        raise site.error(message, "write .options(id=…)")
    raise site.error(
        f"this `{kind}` has no id",
        "assign it to one name, which is its id, or write .options(id=…)",
    )


def _placed(graph: Graph, step: BuiltStep, described: Described[Any]) -> None:
    path, call = graph.step_path(step.id), step.site.call
    graph.places.step(path, step.site)
    if call is None:
        return
    if described.keywords is not None:
        inside = (*path, *described.keywords)
        graph.places.keywords(inside, call.keywords)
        for name, argument in zip(described.positional, call.args, strict=False):
            graph.places.node((*inside, name), argument)
    match call.func:
        case ast.Call(func=ast.Attribute(attr="options"), keywords=options):
            graph.places.keywords(path, options)
