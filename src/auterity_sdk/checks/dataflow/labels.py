"""Which kinds of data an expression holds: from the classes in types, and what step types declare of their outputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from auterity_sdk.checks.dataflow.readings import readings
from auterity_sdk.checks.facts.expressions import Typed
from auterity_sdk.dealership.classification import SCHEMA_KEY, DataClass
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.graph import OUTCOME, Graph, Node
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.occurrences import Role
from auterity_sdk.workflow.shaping import written_outcomes
from auterity_sdk.workflow.signature import Catalog, JsonSchema
from auterity_sdk.workflow.step import (
    AnyStep,
    ApproveStep,
    ForEachStep,
    ReceiveStep,
    RepeatStep,
    SwitchStep,
    UsesStep,
)
from auterity_sdk.workflow.types import schema_of

LLM = "llm_generated"
"""Text that a model wrote and nobody has looked at."""

ASKED_FOR = "asked for by a model: "
"""Before `step.tool`: what follows of it happens because a model asked for that tool, and no person approved."""

_AS_IT_IS = re.compile(r"\s*\w+(?:\.\??\w+)+(?:\.orValue\((?:\[\]|\{\}|''|\"\"|0|false)\))?\s*")
"""A value by its path alone, or nothing of its kind in its place."""

Labels = frozenset[str]
NONE: Labels = frozenset()
_ALL = ""
"""The name of all that a loop's body passes on, where it has no names of its own."""

_DEEPEST = 30


class LabelFlow(Struct):
    """The labels of values in one workflow, each step's worked out once."""

    workflow: Workflow
    catalog: Catalog
    graphs: Sequence[Graph]
    expressions: Sequence[Typed]
    _under: dict[Path, list[Typed]] = field(default_factory=dict)
    _outputs: dict[Path, Labels] = field(default_factory=dict)
    _guards: dict[Path, Labels] = field(default_factory=dict)
    _passed_on: dict[Path, dict[str, Labels]] = field(default_factory=dict)
    """By body: what its rounds and items pass on to others, as far as it is worked out."""

    def __post_init__(self) -> None:
        for typed in self.expressions:
            if typed.node is not None:
                self._under.setdefault(typed.node.path, []).append(typed)
        if self.graphs:
            self._go_through(self.graphs[0], NONE)

    def _go_through(self, graph: Graph, around: Labels) -> None:
        """Work out each step after those that it reads, so that no long chain is a deep stack.

        `around` is what decides whether the graph runs at all.
        """
        for step_id in graph.order or ():
            node = graph.nodes[step_id]
            guard = self._guards[node.path] = around | self._guard(node, graph)
            if node.body is not None:
                self._go_through_rounds(node, node.body, guard)
            self._outputs[node.path] = self._through(node)

    def _go_through_rounds(self, node: Node, body: Graph, guard: Labels) -> None:
        """A loop until nothing is added: what one round gives is read by the next, and what an item adds is an item."""
        self._go_through(body, guard)
        while (now := self._given(node.step, body)) != self._passed_on.get(body.path, {}):
            self._passed_on[body.path] = now
            self._go_through(body, guard)

    def _given(self, step: AnyStep | None, body: Graph) -> dict[str, Labels]:
        """The labels of each value that a round gives to the next; of the items that an item adds."""
        if isinstance(step, RepeatStep):
            output = step.repeat.output
            names = output if isinstance(output, dict) else ()
            found = {name: self._of_given(body, (name,)) for name in names}
            return found or {_ALL: self._of_given(body, ())}
        if isinstance(step, ForEachStep) and step.for_each.more is not None:
            return {_ALL: self._of_role(body, Role.MORE)}
        return {}

    def of_argument(self, node: Node, name: str) -> Labels:
        """The labels of what an argument of a step holds."""
        return self._of(self._below(node, (*node.path, "with", name)))

    def of_guard(self, node: Node) -> Labels:
        """The labels of what decides whether a step runs: its `when`, and the switches whose cases lead to it."""
        return self._guards.get(node.path, NONE)

    def origin(self, node: Node, name: str, label: str) -> str:
        """What an argument reads through which it has a label; empty if nothing."""
        for typed in self._below(node, (*node.path, "with", name)):
            for path in readings(typed.text):
                if label in self._of_path(path, typed.graphs):
                    return ".".join(path)
        return ""

    def of_value(self, node: Node, *keys: str) -> Labels:
        """The labels of what a key of a step holds: `of_value(node, "compensate", "with", "to")`."""
        return self._of(self._below(node, (*node.path, *keys)))

    def of_output(self, node: Node, member: str = "") -> Labels:
        """The labels of a member of a step's output; of all that comes through the step, without one."""
        return self._of_output(node, (member,)) if member else self._passed(node)

    def of_run_output(self, name: str) -> Labels:
        """The labels of one value of the workflow's output."""
        path = ("output", name)
        return self._of(t for t in self.expressions if t.occurrence.path[:2] == path)

    def of_given(self, body: Graph, name: str) -> Labels:
        """The labels of one value of a body's output."""
        return self._of_given(body, (name,))

    def read_alone(self, place: Path) -> tuple[str, ...] | None:
        """The path of the value that stands at a place as it is: `${turn.?conversation.orValue([])}`."""
        found = [typed for typed in self.expressions if typed.occurrence.path == place]
        if (
            len(found) != 1
            or not found[0].occurrence.alone
            or not _AS_IT_IS.fullmatch(found[0].text)
        ):
            return None
        read = readings(found[0].text)
        return read[0] if len(read) == 1 else None

    def of_expressions(self, node: Node) -> Labels:
        """The labels of all that the expressions of a step hold."""
        return self._of(self._under.get(node.path, ()))

    def _of_path(self, path: tuple[str, ...], graphs: Iterable[Graph]) -> Labels:
        root, members = path[0], path[1:]
        if root == "input":
            return self._of_input(members)
        for graph in graphs:
            if root in graph.nodes:
                return self._of_output(graph.nodes[root], members)
            if graph.bound and root == graph.bound[0]:
                return self._of_items(graph, members)
        return NONE

    def _of(self, expressions: Iterable[Typed]) -> Labels:
        found = (
            self._of_outcome(path[1:2], typed.graphs)
            if path[0] == OUTCOME
            else self._of_path(path, typed.graphs)
            for typed in expressions
            for path in readings(typed.text)
        )
        return NONE.union(*found)

    def _of_outcome(self, step: tuple[str, ...], graphs: Iterable[Graph]) -> Labels:
        """What reading a step's outcome tells: which tool a model asked for, or that it did."""
        graph = next((graph for graph in graphs if graph.nodes.keys() & step), None)
        if graph is None:
            return NONE
        node = graph.nodes[step[0]]
        asked = (f"{ASKED_FOR}{node.id}.{tool}" for tool in _tools(node))
        return frozenset(asked) | _asked_for(self._decided(node))

    def _below(self, node: Node, path: Path) -> Iterator[Typed]:
        for typed in self._under.get(node.path, ()):
            if typed.occurrence.path[: len(path)] == path:
                yield typed

    def _decided(self, node: Node) -> Labels:
        """What decided about that which follows a step: what a person approved was not a model's choice."""
        guard = self.of_guard(node)
        return guard - _asked_for(guard) if isinstance(node.step, ApproveStep) else guard

    def _guard(self, node: Node, graph: Graph) -> Labels:
        when = [t for t in self._under.get(node.path, ()) if t.occurrence.role is Role.WHEN]
        found = self._of(when)
        for group in node.needs:
            for edge in group.edges:
                before = graph.nodes.get(edge.step)
                if before is not None:
                    found |= self._decided(before)
                    if edge.outcome in _tools(before):
                        found |= {f"{ASKED_FOR}{before.id}.{edge.outcome}"}
                    if isinstance(before.step, SwitchStep):
                        found |= self._of(self._below(before, (*before.path, "switch")))
        return found

    def _of_input(self, members: tuple[str, ...]) -> Labels:
        if not members or members[0] not in self.workflow.input:
            return NONE
        try:
            schema = schema_of(self.workflow.input[members[0]], self.catalog)
        except KeyError:
            return NONE
        return schema_labels(schema, schema.get("$defs", {}), members[1:])

    def _of_items(self, graph: Graph, members: tuple[str, ...]) -> Labels:
        """What a loop's item holds: all that its lists hold. What the round before gave holds what this one gives."""
        known = self._passed_on.get(graph.path, {})
        if _ALL in known or not members:
            passed = NONE.union(*known.values())
        else:
            passed = known.get(members[0], NONE)
        return passed if graph.path[-1] == "repeat" else passed | self._of_role(graph, Role.IN)

    def _of_role(self, body: Graph, role: Role) -> Labels:
        """The labels of a key beside the steps of a body."""
        around = self._under.get(body.path[:-1], ())
        return self._of(typed for typed in around if typed.occurrence.role is role)

    def _of_given(self, body: Graph, members: tuple[str, ...]) -> Labels:
        """What a member of a body's output holds; all of it without one."""
        path = (*body.path, "output", *members[:1])
        return self._of(
            typed
            for typed in self._under.get(body.path[:-1], ())
            if typed.occurrence.path[: len(path)] == path
        )

    def _of_output(self, node: Node, members: tuple[str, ...]) -> Labels:
        if node.body is not None and members[:1] in (("last",), ("results",)):
            return self._of_given(node.body, members[1:])
        if node.body is not None and members[:1] == ("rounds",):
            return NONE
        if isinstance(node.step, ReceiveStep):
            return frozenset({DataClass.FREE_TEXT.value})
        if node.signature is None:
            return self._passed(node)
        declared = node.signature.declares
        named = {
            each.name
            for each in declared.labels
            if not each.field or not members or members[0] == each.field.partition(".")[0]
        }
        typed = schema_labels(node.signature.output, node.signature.definitions, members)
        return self._passed(node) | named | (typed - frozenset(declared.removes))

    def _passed(self, node: Node) -> Labels:
        """What goes through a step: the labels of its arguments, but for those that it takes away."""
        return self._outputs.get(node.path, NONE)

    def _through(self, node: Node) -> Labels:
        if node.body is not None:
            inside = [t for t in self._under.get(node.path, ()) if t.occurrence.role is Role.OUTPUT]
            return self._of(inside)
        if isinstance(node.step, ApproveStep):
            edited = self._of(self._below(node, (*node.path, "approve", "edit")))
            return edited - {LLM}
        if node.signature is None:
            return self._of(self._below(node, (*node.path, "with")))
        declared = node.signature.declares
        names = node.signature.parameters if declared.passes is None else declared.passes
        found = NONE.union(*(self.of_argument(node, name) for name in names))
        return found - frozenset(declared.removes)


def _tools(node: Node) -> frozenset[str]:
    """The tools that a step offers a model, which are outcomes of it."""
    if node.signature is None or not isinstance(node.step, UsesStep):
        return NONE
    return frozenset(written_outcomes(node.signature.shapings, node.step.with_))


def _asked_for(labels: Labels) -> Labels:
    return frozenset(label for label in labels if label.startswith(ASKED_FOR))


def schema_labels(
    schema: JsonSchema, definitions: Mapping[str, JsonSchema], members: tuple[str, ...]
) -> Labels:
    """The classes of what stands at a member of a type: its own, and those of all that is in it."""
    found: set[str] = set()
    places: list[JsonSchema] = [schema]
    for member in members:
        found.update(own for place in places for own in _own(place, definitions))
        places = [inner for place in places for inner in _member(place, member, definitions)]
    return frozenset(found.union(*(_all(place, definitions) for place in places)))


def _options(schema: Any, definitions: Mapping[str, JsonSchema]) -> Iterator[JsonSchema]:
    """A schema, and those that it is made of."""
    waiting, seen = [schema], 0
    while waiting and seen < _DEEPEST:
        each = waiting.pop()
        seen += 1
        if not isinstance(each, Mapping):
            continue
        yield each
        name = str(each.get("$ref", "")).rpartition("/")[2]
        if name in definitions:
            waiting.append(definitions[name])
        for key in ("anyOf", "oneOf", "allOf"):
            waiting.extend(each.get(key, ()))


def _own(schema: JsonSchema, definitions: Mapping[str, JsonSchema]) -> Iterator[str]:
    for option in _options(schema, definitions):
        if isinstance(option.get(SCHEMA_KEY), str):
            yield option[SCHEMA_KEY]


def _member(
    schema: JsonSchema, name: str, definitions: Mapping[str, JsonSchema], lists: int = 3
) -> Iterator[JsonSchema]:
    for option in _options(schema, definitions):
        properties = option.get("properties")
        if isinstance(properties, Mapping) and name in properties:
            yield properties[name]
        if "items" in option and lists:  # a member of each item
            yield from _member(option["items"], name, definitions, lists - 1)


def _all(schema: JsonSchema, definitions: Mapping[str, JsonSchema]) -> set[str]:
    """The classes of a schema and of all in it; a type inside itself is not entered again."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting: list[Any] = [schema]
    while waiting:
        each = waiting.pop()
        for option in _options(each, definitions):
            if id(option) in seen:
                continue
            seen.add(id(option))
            found.update(_own(option, {}))
            properties = option.get("properties")
            waiting.extend(properties.values() if isinstance(properties, Mapping) else ())
            waiting.extend(
                option[key] for key in ("items", "additionalProperties") if key in option
            )
    return found
