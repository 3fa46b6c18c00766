"""Which personal data the values of a workflow's runs hold: by the classes of their types, by what their
expressions read, and else by the names of their fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from msgspec import Struct, field

from auterity_sdk.checks.dataflow.labels import NONE, LabelFlow, Labels, schema_labels
from auterity_sdk.checks.facts.expressions import typed_expressions
from auterity_sdk.dealership.classification import SCHEMA_KEY, DataClass
from auterity_sdk.dealership.personal_names import class_of_name
from auterity_sdk.runs.state import COMPENSATE
from auterity_sdk.workflow.graph import Graph, Node, build_graph
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.scope import Scopes
from auterity_sdk.workflow.signature import Catalog, JsonSchema
from auterity_sdk.workflow.step import (
    ApproveStep,
    ForEachStep,
    ReceiveStep,
    RepeatStep,
    UsesStep,
)
from auterity_sdk.workflow.types import schema_of

Replace = Callable[[Any, Labels], Any]
"""Given a value and its classes (none, if it has no class), gives what is to stand in its place."""

PERSONAL = frozenset(each.value for each in DataClass)
"""Other labels say where a text is from, not whom it is about."""

_INDEX = re.compile(r"\[\d+\]")
_DEEPEST = 60


class Slot(Struct, frozen=True):
    """What is known of a value before there is one. `flow` are the classes of what its expressions read."""

    schema: JsonSchema = field(default_factory=dict)
    definitions: Mapping[str, JsonSchema] = field(default_factory=dict)
    flow: Labels = NONE

    @property
    def whole(self) -> JsonSchema:
        """The type, with the class of what flows into it where the type says none."""
        classed = sorted(self.flow & PERSONAL)
        if not classed or schema_labels(self.schema, self.definitions, ()):
            return self.schema
        return {**self.schema, SCHEMA_KEY: classed[0]}

    def replaced(self, value: Any, replace: Replace) -> Any:
        """The value with each part that has a class, and each text and number that has none, replaced."""
        # A type that knows its classes knows better than what happens to flow into it.
        typed = schema_labels(self.schema, self.definitions, ())
        return _replaced(value, (self.schema,), self, NONE if typed else self.flow, replace)


PLAIN = Slot()


def _replaced(
    value: Any,
    schemas: tuple[JsonSchema, ...],
    slot: Slot,
    flow: Labels,
    replace: Replace,
    deep: int = _DEEPEST,
) -> Any:
    options = _options(schemas, slot.definitions)
    own = frozenset(each[SCHEMA_KEY] for each in options if isinstance(each.get(SCHEMA_KEY), str))
    if own or not deep:
        return replace(value, own | flow)
    if isinstance(value, Mapping):
        return {
            name: _replaced(
                inner, _member(options, name), slot, _named(name, inner, flow), replace, deep - 1
            )
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        items = tuple(each["items"] for each in options if isinstance(each.get("items"), Mapping))
        return [_replaced(inner, items, slot, flow, replace, deep - 1) for inner in value]
    return replace(value, flow)


def _named(name: object, value: Any, flow: Labels) -> Labels:
    if isinstance(value, Mapping) or value is None:
        return flow
    found = class_of_name(str(name))
    return flow | {found} if found else flow


def _options(
    schemas: tuple[JsonSchema, ...], definitions: Mapping[str, JsonSchema]
) -> list[JsonSchema]:
    waiting = list(schemas)
    found: list[JsonSchema] = []
    while waiting and len(found) < _DEEPEST:
        each = waiting.pop()
        found.append(each)
        name = str(each.get("$ref", "")).rpartition("/")[2]
        if name in definitions:
            waiting.append(definitions[name])
        for key in ("anyOf", "oneOf", "allOf"):
            waiting.extend(inner for inner in each.get(key, ()) if isinstance(inner, Mapping))
    return found


def _member(options: list[JsonSchema], name: object) -> tuple[JsonSchema, ...]:
    found = []
    for each in options:
        properties, others = each.get("properties"), each.get("additionalProperties")
        if isinstance(properties, Mapping) and isinstance(properties.get(name), Mapping):
            found.append(properties[name])
        elif isinstance(others, Mapping):
            found.append(others)
    return tuple(found)


class Slots(Protocol):
    """Gives the slot of each value in a run's events."""

    def input(self, name: str) -> Slot:
        """One value of the input."""
        ...

    def output(self, name: str) -> Slot:
        """One value of the run's output."""
        ...

    def argument(self, step: str, name: str) -> Slot:
        """An argument of a step, or of its compensation."""
        ...

    def undo(self, step: str, name: str) -> Slot:
        """An argument of the compensation of a step."""
        ...

    def result(self, step: str, name: str) -> Slot:
        """One value of a step's output, or of an item's or a round's."""
        ...

    def form(self, step: str, name: str) -> Slot:
        """A field that a person fills in."""
        ...

    def detail(self, step: str) -> Slot:
        """What a step keeps of what its expressions gave: a title, the items of a loop."""
        ...


class Unknown:
    """The slots of a run of which nothing is known."""

    def input(self, name: str) -> Slot:  # noqa: ARG002 - the protocol's signature
        """See `Slots.input`."""
        return PLAIN

    def argument(self, step: str, name: str) -> Slot:  # noqa: ARG002
        """See `Slots.argument`."""
        return PLAIN

    def detail(self, step: str) -> Slot:  # noqa: ARG002
        """See `Slots.detail`."""
        return PLAIN

    def output(self, name: str) -> Slot:  # noqa: ARG002
        """See `Slots.output`."""
        return PLAIN

    undo = result = form = argument


UNKNOWN = Unknown()


class Classes(Struct, eq=False):
    """The classes of all values of one workflow's runs. Step paths are those of events."""

    workflow: Workflow
    catalog: Catalog
    graph: Graph
    flow: LabelFlow
    _slots: dict[tuple[str, str, str], Slot] = field(default_factory=dict)

    def input(self, name: str) -> Slot:
        """One value of the input."""
        return self._kept("", "input", name)

    def output(self, name: str) -> Slot:
        """One value of the run's output."""
        return self._kept("", "output", name)

    def argument(self, step: str, name: str) -> Slot:
        """An argument of a step, or of its compensation."""
        return self._kept(_INDEX.sub("", step), "argument", name)

    def undo(self, step: str, name: str) -> Slot:
        """An argument of the compensation of a step."""
        return self._kept(_INDEX.sub("", step), "undo", name)

    def result(self, step: str, name: str) -> Slot:
        """One value of a step's output, or of an item's or a round's."""
        return self._kept(_INDEX.sub("", step), "result", name)

    def form(self, step: str, name: str) -> Slot:
        """A field that a person fills in."""
        return self._kept(_INDEX.sub("", step), "form", name)

    def detail(self, step: str) -> Slot:
        """What a step keeps of what its expressions gave: a title, the items of a loop."""
        return self._kept(_INDEX.sub("", step), "detail", "")

    def _kept(self, step: str, what: str, name: str) -> Slot:
        key = (step, what, name)
        found = self._slots.get(key)
        if found is None:
            found = self._slots[key] = self._made(step, what, name)
        return found

    def _made(self, step: str, what: str, name: str) -> Slot:
        if what == "input":
            return self._typed(self.workflow.input.get(name))
        if what == "output":
            return Slot(flow=self.flow.of_run_output(name))
        node = self._node(step.removesuffix(COMPENSATE))
        if node is None:
            return PLAIN
        if step.endswith(COMPENSATE):
            what = "undo"
        match what:
            case "argument":
                return self._argument(node, name)
            case "undo":
                return self._undo(node, name)
            case "form":
                return self._form(node, name)
            case "detail":
                return Slot(flow=self.flow.of_expressions(node))
            case _:
                return self._result(node, name)

    def _node(self, step: str) -> Node | None:
        graph: Graph | None = self.graph
        node = None
        for part in step.split("/"):
            node = None if graph is None else graph.nodes.get(part)
            graph = None if node is None else node.body
        return node

    def _typed(self, written: Any, flow: Labels = NONE) -> Slot:
        if written is None:
            return Slot(flow=flow)
        try:
            schema = schema_of(written, self.catalog)
        except KeyError:
            return Slot(flow=flow)
        return Slot(schema, schema.get("$defs", {}), flow)

    def _argument(self, node: Node, name: str) -> Slot:
        flow = self.flow.of_argument(node, name)
        signature = node.signature
        if signature is None or name not in signature.parameters:
            return Slot(flow=flow)
        return Slot(signature.parameters[name].schema, signature.definitions, flow)

    def _undo(self, node: Node, name: str) -> Slot:
        flow = self.flow.of_value(node, "compensate", "with", name)
        written = getattr(node.step, "compensate", None)
        signature = None if written is None else self.catalog.signature(written.uses)
        if signature is None or name not in signature.parameters:
            return Slot(flow=flow)
        return Slot(signature.parameters[name].schema, signature.definitions, flow)

    def _form(self, node: Node, name: str) -> Slot:
        written = node.step.approve.form.get(name) if isinstance(node.step, ApproveStep) else None
        return self._typed(written)

    def _result(self, node: Node, name: str) -> Slot:
        if isinstance(node.step, ReceiveStep):
            return Slot(flow=self.flow.of_output(node, name))
        if isinstance(node.step, ApproveStep):
            form = self._form(node, name)
            return Slot(form.schema, form.definitions, self.flow.of_output(node))
        if node.body is not None:
            return self._of_body(node, node.body, name)
        if not isinstance(node.step, UsesStep) or node.signature is None:
            return Slot(flow=self.flow.of_output(node))
        output, definitions = node.signature.output, node.signature.definitions
        schemas = _member(_options((output,), definitions), name)
        schema: JsonSchema = schemas[0] if len(schemas) == 1 else {"anyOf": list(schemas)}
        return Slot(schema, definitions, self.flow.of_output(node, name))

    def _of_body(self, node: Node, body: Graph, name: str) -> Slot:
        """A value that an item or a round gives; or what the loop gives, which is all of them."""
        if name == "rounds":
            return PLAIN
        given = {each: self._given(body, each) for each in _given_names(node)}
        if name in given:
            return given[name]
        flow = self.flow.of_output(node)
        if name not in ("last", "results") or not given:
            return Slot(flow=flow)
        one: JsonSchema = {"properties": {each: slot.whole for each, slot in given.items()}}
        definitions = {
            key: each for slot in given.values() for key, each in slot.definitions.items()
        }
        return Slot({"items": one} if name == "results" else one, definitions, flow)

    def _given(self, body: Graph, name: str) -> Slot:
        """One value of a body's output. What is read of a single step as it is has the type that it has there."""
        flow = self.flow.of_given(body, name)
        read = self.flow.read_alone((*body.path, "output", name))
        inner = None if read is None else body.nodes.get(read[0])
        if read is None or inner is None or len(read) != 2 or inner.body is not None:
            return Slot(flow=flow)
        found = self._result(inner, read[1])
        return Slot(found.schema, found.definitions, flow)


def _given_names(node: Node) -> tuple[str, ...]:
    step = node.step
    loop = step.for_each if isinstance(step, ForEachStep) else None
    loop_or_repeat = step.repeat if isinstance(step, RepeatStep) else loop
    output = None if loop_or_repeat is None else loop_or_repeat.output
    return tuple(output) if isinstance(output, Mapping) else ()


def classes_of(workflow: Workflow, catalog: Catalog) -> Classes:
    """The classes of a workflow's values."""
    graph = build_graph(workflow, catalog)
    scopes = Scopes(workflow, graph, catalog)
    expressions = tuple(typed_expressions(workflow, graph, scopes))
    flow = LabelFlow(workflow, catalog, tuple(graph.walk()), expressions)
    return Classes(workflow, catalog, graph, flow)
