"""What expressions may read: the names in scope at each place, with their types, and steps' outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from auterity_sdk.expression.compile import Compiled, compile_expression
from auterity_sdk.expression.problem import Problem
from auterity_sdk.expression.schema import from_json_schema
from auterity_sdk.expression.suggest import Suggestions
from auterity_sdk.expression.types import (
    ANY,
    BOOL,
    INT,
    NULL,
    NUMBER,
    STRING,
    TIMESTAMP,
    Field,
    ListType,
    Literals,
    MapType,
    ObjectType,
    Type,
    one_of,
)
from auterity_sdk.workflow.graph import Graph, Node, build_graph
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.occurrences import Occurrence, Role
from auterity_sdk.workflow.signature import COMMON_OUTCOMES, UNCERTAIN, Catalog
from auterity_sdk.workflow.step import (
    Approve,
    ApproveStep,
    CallStep,
    ForEachStep,
    ReceiveStep,
    RepeatStep,
    UsesStep,
)
from auterity_sdk.workflow.types import input_type, type_of

NOTHING = ObjectType("nothing", {}, strict=True)
"""The output of a step that gives none: an object without fields."""

ROLES_OF_TRIGGER = frozenset({Role.TRIGGER, Role.TRIGGERED, Role.SCHEDULED})
"""Expressions that are read when a trigger fires: there is no run yet."""

ROLES_OF_ENTRY = ROLES_OF_TRIGGER | {Role.KEY, Role.PRIORITY}
"""Expressions that are read before a run has any step."""

_RUN = {
    "id": Field(STRING),
    "started_at": Field(TIMESTAMP),
    "now": Field(TIMESTAMP),
    "requester": Field(STRING),
}
RUN = ObjectType("run", _RUN, strict=True)
RUN_TO_BE = ObjectType("run", {"now": Field(TIMESTAMP)}, strict=True)
RUN_AT_END = ObjectType("run", {**_RUN, "end": Field(STRING)}, strict=True)
EVENT = MapType(ANY)
OCCURRENCE = ObjectType("occurrence", {"due": Field(TIMESTAMP)}, strict=True)
"""What `event` is where a schedule fires."""

ERROR = ObjectType("error", {"type": Field(STRING), "message": Field(STRING)}, strict=True)
FAILURE = ObjectType("failure", {"index": Field(INT), "error": Field(ERROR)}, strict=True)


class CompiledPart(Struct, frozen=True):
    """One expression of a text: `start` is its code point offset in the text."""

    start: int
    compiled: Compiled | None
    problems: tuple[Problem, ...]


class Scope(Mapping[str, Type]):
    """The names that one place may read. Types are made when they are asked for."""

    def __init__(self, scopes: Scopes, graph: Graph, role: Role) -> None:
        self._scopes = scopes
        self._graphs = scopes.enclosing(graph)
        self._role = role

    def __getitem__(self, name: str) -> Type:
        fixed = self._fixed(name)
        if fixed is not None:
            return fixed
        if self._role not in ROLES_OF_ENTRY:
            for graph in self._graphs:
                if name in graph.nodes:
                    return self._scopes.output_of(graph.nodes[name])
                if name in graph.bound:
                    return self._scopes.bound_type(graph, name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in _FIXED_NAMES if self._fixed(name) is not None)
        if self._role not in ROLES_OF_ENTRY:
            for graph in self._graphs:
                yield from graph.nodes
                yield from graph.bound

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _fixed(self, name: str) -> Type | None:
        match name:
            case "input" if self._role not in ROLES_OF_TRIGGER:
                return self._scopes.input
            case "run" if self._role in ROLES_OF_TRIGGER:
                return RUN_TO_BE
            case "run":
                at_end = self._role is Role.OUTPUT and len(self._graphs) == 1
                return RUN_AT_END if at_end else RUN
            case "secrets" if self._role in (Role.WITH, Role.COMPENSATE):
                return MapType(STRING)
            case "connections":
                return MapType(ANY)
            case "event" if self._role is Role.SCHEDULED:
                return OCCURRENCE
            case "event" if self._role in ROLES_OF_TRIGGER or self._role is Role.MATCH:
                return EVENT
            case "outcome" if self._role not in ROLES_OF_ENTRY:
                return self._scopes.outcomes(self._graphs)
            case _:
                return None


_FIXED_NAMES = ("input", "run", "secrets", "connections", "event", "outcome")


class Scopes:
    """The scopes of one workflow, and the types of its steps' outputs. Made once, used by checks and plan."""

    def __init__(
        self,
        workflow: Workflow,
        graph: Graph,
        catalog: Catalog,
        callers: tuple[str, ...] = (),
        suggestions: Suggestions | None = None,
    ) -> None:
        self._workflow = workflow
        self._graph = graph
        self._catalog = catalog
        self._callers = (*callers, workflow.name)
        self._suggestions = suggestions or Suggestions()
        self.input = input_type(workflow.input, catalog)
        self._around: dict[tuple[Any, ...], tuple[Graph, ...]] = {}
        self._steps: dict[tuple[Any, ...], ForEachStep | RepeatStep] = {}
        self._outputs: dict[tuple[Any, ...], Type] = {}
        self._outcomes: dict[tuple[Any, ...], ObjectType] = {}
        self._bodies: dict[tuple[Any, ...], Type] = {}
        self._compiled: dict[tuple[Any, ...], tuple[CompiledPart, ...]] = {}
        self._place(graph, ())

    @property
    def graph(self) -> Graph:
        """The graph of the workflow."""
        return self._graph

    def at(self, graph: Graph, role: Role) -> Scope:
        """The names that an expression of that role may read in `graph`."""
        return Scope(self, graph, role)

    def compile(self, graph: Graph, occurrence: Occurrence) -> tuple[CompiledPart, ...]:
        """The expressions of a text, compiled once. `graph` is the one whose names it may read."""
        known = self._compiled.get(occurrence.path)
        if known is None:
            known = self._compiled[occurrence.path] = self._compile(graph, occurrence)
        return known

    def enclosing(self, graph: Graph) -> tuple[Graph, ...]:
        """The graph and those around it, inner first."""
        return self._around[graph.path]

    def output_of(self, node: Node) -> Type:
        """The type of a step's output; `any` where it is not known."""
        known = self._outputs.get(node.path)
        if known is None:
            # `any` while it is being made: a body's output may read the round before.
            self._outputs[node.path] = ANY
            known = self._outputs[node.path] = self._output(node)
        return known

    def output(self) -> Type:
        """The type of the workflow's own output."""
        if self._workflow.output is None:
            return NOTHING
        return self._value(self._workflow.output, self._graph, ("output",), Role.OUTPUT)

    def outcomes(self, graphs: tuple[Graph, ...]) -> ObjectType:
        """The type of `outcome`: a field for each step, absent where the step is not reached."""
        path = graphs[0].path
        if path not in self._outcomes:
            fields = {
                name: Field(_outcome_type(node), required=False)
                for graph in reversed(graphs)
                for name, node in graph.nodes.items()
            }
            self._outcomes[path] = ObjectType("outcome", fields, strict=True)
        return self._outcomes[path]

    def bound_type(self, graph: Graph, name: str) -> Type:
        """The type of a name that a body binds: the item, the round before, or the index."""
        if name == graph.bound[1]:
            return INT
        step = self._steps[graph.path]
        if isinstance(step, RepeatStep):
            return self.body_output(graph)
        place = (*graph.path, "in")
        around = self.enclosing(graph)[1]
        listed = self._expression(Occurrence(place, step.for_each.in_, Role.IN, False), around)
        return listed.item if isinstance(listed, ListType) else ANY

    def body_output(self, graph: Graph) -> Type:
        """The type of what one item or round of a body gives."""
        known = self._bodies.get(graph.path)
        if known is None:
            self._bodies[graph.path] = ANY
            step = self._steps[graph.path]
            output = step.for_each.output if isinstance(step, ForEachStep) else step.repeat.output
            path = (*graph.path, "output")
            made = NOTHING if output is None else self._value(output, graph, path, Role.OUTPUT)
            known = self._bodies[graph.path] = made
        return known

    def _place(self, graph: Graph, around: tuple[Graph, ...]) -> None:
        self._around[graph.path] = (graph, *around)
        for node in graph.nodes.values():
            if node.body is not None and isinstance(node.step, ForEachStep | RepeatStep):
                self._steps[node.body.path] = node.step
                self._place(node.body, (graph, *around))

    def _compile(self, graph: Graph, occurrence: Occurrence) -> tuple[CompiledPart, ...]:
        scope = self.at(graph, occurrence.role)
        compiled = []
        for start, text in occurrence.expressions():
            made = compile_expression(text, scope, suggestions=self._suggestions)
            compiled.append(
                CompiledPart(start, made, ())
                if isinstance(made, Compiled)
                else CompiledPart(start, None, made)
            )
        return tuple(compiled)

    def _output(self, node: Node) -> Type:
        match node.step:
            case None:
                return ANY
            case UsesStep():
                found = node.signature
                if found is None:
                    return ANY
                return from_json_schema(found.output, found.definitions, filled=True)
            case ReceiveStep():
                return EVENT
            case ApproveStep(approve=approve):
                return self._form(approve, node)
            case ForEachStep() | RepeatStep():
                return self._loop_output(node)
            case CallStep():
                return self._child_output(node.step)
            case _:
                return NOTHING

    def _form(self, approve: Approve, node: Node) -> Type:
        """What an approval gives: values that may be changed are there in any case."""
        graph, path = self._around[node.path[:-2]][0], (*node.path, "approve", "edit")
        fields = {
            name: Field(self._value(value, graph, (*path, name), Role.FORM))
            for name, value in approve.edit.items()
        }
        for name, written in approve.form.items():
            kind = type_of(written, self._catalog)
            fields[name] = Field(kind, required=name in approve.edit)
        return ObjectType("form", fields, strict=True)

    def _loop_output(self, node: Node) -> Type:
        if node.body is None:
            return ANY
        one = self.body_output(node.body)
        fields = (
            {"results": Field(ListType(one)), "failures": Field(ListType(FAILURE))}
            if isinstance(node.step, ForEachStep)
            else {"last": Field(one), "rounds": Field(INT)}
        )
        return ObjectType(node.id, fields, strict=True)

    def _child_output(self, step: CallStep) -> Type:
        child = self._catalog.called_workflow(step.call)
        if child is None or child.name in self._callers:
            return ANY
        graph = build_graph(child, self._catalog)
        return Scopes(child, graph, self._catalog, self._callers, self._suggestions).output()

    def _value(self, value: Any, graph: Graph, path: tuple[Any, ...], role: Role) -> Type:
        match value:
            case dict():
                fields = {
                    str(key): Field(self._value(inner, graph, (*path, key), role))
                    for key, inner in value.items()
                }
                return ObjectType(str(path[-1]), fields, strict=True)
            case list():
                items = [
                    self._value(inner, graph, (*path, index), role)
                    for index, inner in enumerate(value)
                ]
                return ListType(one_of(items))
            case str() if "${" in value:
                return self._expression(Occurrence(path, value, role, True), graph)
            case _:
                return _literal_type(value)

    def _expression(self, occurrence: Occurrence, graph: Graph) -> Type:
        parts = self.compile(graph, occurrence)
        if not occurrence.alone:
            return STRING
        only = parts[0].compiled if len(parts) == 1 else None
        return only.type if only is not None else ANY


def _outcome_type(node: Node) -> Type:
    if node.outcomes is None:
        return STRING
    common = (each for each in COMMON_OUTCOMES if each != UNCERTAIN or node.may_be_uncertain)
    return Literals((*node.outcomes, *common))


def _literal_type(value: object) -> Type:
    match value:
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return NUMBER
        case str():
            return STRING
        case None:
            return NULL
        case _:
            return ANY
