"""NEVER-FLOWS: data of a kind does not reach a place, and its opposite: what must come from one."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from auterity_sdk.checks.dataflow.labels import ASKED_FOR
from auterity_sdk.checks.dataflow.values import effects_of, raw_argument
from auterity_sdk.checks.rule import Finding
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.declaration import Argument, Effect
from auterity_sdk.workflow.demand import Pattern
from auterity_sdk.workflow.graph import Graph, Node, build_graph
from auterity_sdk.workflow.signature import Catalog
from auterity_sdk.workflow.step import ApproveStep, CallStep

_DEEPEST_CALL = 5
"""Workflows that call each other in a circle are refused elsewhere."""


class NeverFlows(Struct, frozen=True):
    """Data with one of `labels` never reaches the arguments that effects fitting `on` name by one of `roles`.

    `says` describes the place. `implicit`: nor does it decide whether the effect happens.
    """

    labels: tuple[str, ...]
    on: Pattern
    roles: tuple[str, ...]
    says: str
    implicit: bool = False
    advice: str = ""

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Arguments that hold such data, and steps that it decides."""
        for node, effect in subject.declared.fitting(self.on):
            yield from self._reaching(subject, node, effect)
            if self.implicit:
                yield from self._deciding(subject, node)

    def _reaching(self, subject: Subject, node: Node, effect: Effect) -> Iterator[Finding]:
        for argument in _arguments(effect, self.roles):
            held = subject.labels.of_argument(node, argument.name)
            for name in self.labels:
                if name in held:
                    read = subject.labels.origin(node, argument.name, name)
                    through = f" through `{read}`" if read else ""
                    message = f"{_spoken(name)} reaches {self.says} in `{node.id}`{through}"
                    place = Location((*node.path, "with", argument.name))
                    yield Finding(message, place, help=_advice(self.advice))

    def _deciding(self, subject: Subject, node: Node) -> Iterator[Finding]:
        for name in sorted({*self.labels} & subject.labels.of_guard(node)):
            message = f"{_spoken(name)} decides whether `{node.id}` runs, which is {self.says}"
            yield Finding(message, Location((*node.path, "uses")), help=_advice(self.advice))


class AskedForByModel(Struct, frozen=True):
    """No effect that fits one of `on` happens because a model asked for a tool, unless a person approved it."""

    on: tuple[Pattern, ...]
    says: str

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Steps with such effects behind the outcome of a tool, and calls of workflows that have them."""
        for node, _ in (found for on in self.on for found in subject.declared.fitting(on)):
            yield from self._asked_for(subject, node, "uses")
        for node in subject.nodes():
            if isinstance(node.step, CallStep) and self._changes(node.step.call, subject.catalog):
                yield from self._asked_for(subject, node, "call")

    def _asked_for(self, subject: Subject, node: Node, key: str) -> Iterator[Finding]:
        for label in sorted(subject.labels.of_guard(node)):
            if label.startswith(ASKED_FOR):
                tool = label.removeprefix(ASKED_FOR)
                yield Finding(
                    f"`{node.id}` runs because a model ended `{tool}`, and {self.says}",
                    Location((*node.path, key)),
                    help=("put an `approve` in between, and give the step what was approved",),
                )

    def _changes(self, name: str, catalog: Catalog, deep: int = _DEEPEST_CALL) -> bool:
        """Whether a workflow, or one that it calls, changes things without asking a person before."""
        child = catalog.called_workflow(name)
        if child is None or not deep:
            return False
        return any(
            self._changes(node.step.call, catalog, deep - 1)
            if isinstance(node.step, CallStep)
            else any(on.fits(e.kind, details) for e, details in effects_of(node) for on in self.on)
            for node in _unapproved(build_graph(child, catalog))
        )


def _unapproved(graph: Graph) -> Iterator[Node]:
    """The steps of a graph, and of bodies in it, before which no person is asked."""
    approved: set[str] = set()
    for step_id in graph.order or graph.nodes:
        node = graph.nodes[step_id]
        asked = any(all(edge.step in approved for edge in group.edges) for group in node.needs)
        if asked or isinstance(node.step, ApproveStep):
            approved.add(step_id)
            continue
        yield node
        if node.body is not None:
            yield from _unapproved(node.body)


class ComesFrom(Struct, frozen=True):
    """What effects fitting `on` name by `role` holds data with `label`, and none with one of `never`."""

    label: str
    on: Pattern
    role: str
    says: str
    never: tuple[str, ...] = field(default=())

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Arguments that come from elsewhere."""
        for node, effect in subject.declared.fitting(self.on):
            for argument in _arguments(effect, (self.role,)):
                if raw_argument(node, Argument(argument.name)) is None:
                    continue
                held = subject.labels.of_argument(node, argument.name)
                if self.label not in held or held.intersection(self.never):
                    message = (
                        f"{self.says} in `{node.id}` does not come from {_spoken(self.label)} alone"
                    )
                    yield Finding(message, Location((*node.path, "with", argument.name)))


def _arguments(effect: Effect, roles: tuple[str, ...]) -> Iterator[Argument]:
    for role in roles:
        found = effect.details.get(role)
        if isinstance(found, Argument):
            yield found


def _spoken(label: str) -> str:
    return f"data of the kind `{label}`"


def _advice(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
