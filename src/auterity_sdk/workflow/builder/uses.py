"""Steps of a step type: typed by `@step`, or only named by `uses("crm.upsert")`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, ParamSpec, TypeVar, cast

from auterity_sdk.workflow.builder.building import graph_now
from auterity_sdk.workflow.builder.maker import Configurable, Described, add_step, configured
from auterity_sdk.workflow.builder.source import refuse
from auterity_sdk.workflow.builder.step_value import step_of
from auterity_sdk.workflow.builder.value import as_value

P = ParamSpec("P")
R = TypeVar("R")


class UsesMaker(Configurable, Generic[P, R]):
    """Makes steps of the step type `name`. A call has, to a type checker, the type of the output."""

    name: str

    @property
    def outcomes(self) -> tuple[str, ...] | None:
        """The type's outcomes; None where they are not known."""
        return None

    def outcomes_of(self, arguments: Mapping[str, Any]) -> tuple[str, ...] | None:  # noqa: ARG002 - of other makers
        """Those of a step that is given these arguments."""
        return self.outcomes

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The parameters in order, for arguments without a name."""
        return ()

    def __call__(self, /, *arguments: P.args, **keywords: P.kwargs) -> R:
        """Add a step to the graph that is built; the arguments are values of the run, or plain ones."""
        given = self.named(arguments, keywords)

        def describe() -> Described[R]:
            data = {"uses": self.name, "with": as_value(given, graph_now(self.name))}
            return Described(data, self.outcomes_of(given), ("with",), self.parameter_names)

        return cast("R", add_step(self.name, self._options, describe))

    def named(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a call by their names."""
        names = self.parameter_names
        if len(arguments) > len(names):
            raise refuse(
                f"`{self.name}` takes {len(names)} arguments without a name, not {len(arguments)}",
                "name each argument",
            )
        first = dict(zip(names, arguments, strict=False))
        for name in first.keys() & keywords.keys():
            raise refuse(f"`{self.name}` is given `{name}` twice")
        return {**first, **keywords}


class NamedStepType(UsesMaker[..., Any]):
    """A step type of which only the name is known; its members are values, or outcomes where needed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"uses({self.name!r})"


def uses(name: str) -> NamedStepType:
    """A registered step type by its name: `saved = uses("crm.upsert")(lead=lead)`."""
    return NamedStepType(name)


def compensate(
    step: object, by: UsesMaker[P, Any], /, *arguments: P.args, **keywords: P.kwargs
) -> None:
    """Say what undoes a step that ended well: `compensate(held, vehicle.release, hold=held.id)`.

    The options `retry` and `timeout` of `by` are the compensation's own.
    """
    graph, built = graph_now("compensate"), step_of(step)
    graph.own(built)
    data = graph.steps[built.id]
    if "compensate" in data:
        raise refuse(f"`{built.id}` has a compensation already")
    given = as_value(by.named(arguments, keywords), graph)
    data["compensate"] = {"uses": by.name, "with": given, **configured(by._options, graph)}
    site = graph.places.here()
    graph.places.call((*graph.step_path(built.id), "compensate"), site)
