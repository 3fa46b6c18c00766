"""The steps of one graph as lines of Python: blocks of `with`, calls, and bodies as functions."""

from __future__ import annotations

from typing import Any, Protocol

from msgspec import Struct, field

from auterity_sdk.errors import UsageError
from auterity_sdk.workflow.export.names import Known, Names, Scope
from auterity_sdk.workflow.export.requirement import distinct, requirement, requirements
from auterity_sdk.workflow.export.spelling import Spelling, called, literal
from auterity_sdk.workflow.export.step_source import StepSource
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.needs import Need
from auterity_sdk.workflow.step import AnyStep, CallStep, ForEachStep, RepeatStep, UsesStep

_MOST_WITHS = 8
"""Python refuses more than 20 blocks in one another; needs beyond these are written as an option."""

_INDENT = "    "


class Program(Protocol):
    """What the lines need of the program around them."""

    names: Names

    def use(self, function: str) -> str:
        """Import a function of the builder."""
        ...

    def any(self) -> str:
        """Import `Any`."""
        ...

    def step_type(self, name: str) -> tuple[str, frozenset[str] | None]:
        """The source of a step type, and its outcomes where the program knows them."""
        ...


class _Open(Struct):
    """The `with` that is open: its needs, and the steps written inside it."""

    needs: tuple[Need, ...] | None = None
    inside: set[str] = field(default_factory=set)


class BodyWriter:
    """Writes graphs at a depth of indentation."""

    def __init__(self, program: Program, spelling: Spelling, indent: int) -> None:
        self._program, self._spelling, self._indent = program, spelling, indent
        self._source = StepSource(program.use, program.step_type, spelling)

    def steps(self, graph: Graph, scope: Scope) -> list[str]:
        """The steps of a graph, each after those that it waits for."""
        order = graph.order
        if order is None:
            raise _circular(graph)
        lines: list[str] = []
        opened = _Open()
        for step_id in order:
            lines += self._step(graph.nodes[step_id], opened, scope)
        return lines

    def ends(self, workflow: Workflow, scope: Scope) -> list[str]:
        """The call of `ends`."""
        if not workflow.ends:
            return []
        use = self._program.use
        spelled = self._spelling.keywords(
            workflow.ends, lambda needs: requirements(needs, scope, use)
        )
        return [self._line(called(use("ends"), spelled, self._indent))]

    def returned(self, output: Any, scope: Scope) -> list[str]:
        """The `return` of an output."""
        if output is None:
            return []
        return [self._line(f"return {self._spelling.value(output, scope)}")]

    def _step(self, node: Node, opened: _Open, scope: Scope) -> list[str]:
        step = _step_of(node)
        needs = step.needs
        if needs is None or len(needs) > _MOST_WITHS or not distinct(needs):
            opened.needs = None
            as_option = "" if needs is None else requirements(needs, scope, self._program.use)
            return self._statement(node, step, scope, self._indent, as_option)
        lines: list[str] = []
        reads = {read.step for read in node.reads if read.plain}
        if needs != opened.needs or reads & opened.inside:
            opened.needs, opened.inside = needs, set()
            held = ", ".join(requirement(need, scope, self._program.use) for need in needs)
            lines.append(self._line(f"with {held}:"))
        opened.inside.add(node.id)
        return lines + self._statement(node, step, scope, self._indent + 1, "")

    def _statement(
        self, node: Node, step: AnyStep, scope: Scope, indent: int, needs: str
    ) -> list[str]:
        variable = self._program.names.fresh(node.id)
        options = self._source.options(step, scope)
        if needs:
            options.insert(0, f"needs={needs}")
        if variable != node.id:
            options.insert(0, f"id={literal(node.id)}")
        if isinstance(step, ForEachStep | RepeatStep):
            lines = self._loop(node, step, scope, variable, options, indent)
        else:
            head, arguments = self._source.call(step, scope)
            call = called(_with_options(head, options), arguments, indent)
            lines = [f"{_INDENT * indent}{variable} = {call}"]
        outcomes = self._source.outcomes(step)
        if outcomes is not None and node.signature is not None:
            outcomes |= frozenset(node.signature.outcomes)  # those by its arguments among them
        scope.known[node.id] = Known(variable, outcomes)
        if isinstance(step, UsesStep | CallStep) and step.compensate is not None:
            undo = self._source.compensation(variable, step.compensate, scope, indent)
            lines.append(_INDENT * indent + undo)
        return lines

    def _loop(
        self,
        node: Node,
        step: ForEachStep | RepeatStep,
        scope: Scope,
        variable: str,
        options: list[str],
        indent: int,
    ) -> list[str]:
        assert node.body is not None  # noqa: S101 - these two kinds have one
        loop = _Loop.of(step, self._program.names)
        inner = Scope(dict(loop.known), scope)
        writer = BodyWriter(self._program, self._spelling, indent + 1)
        body = writer.steps(node.body, inner)
        body += writer.declared(step, inner)
        output = step.for_each.output if isinstance(step, ForEachStep) else step.repeat.output
        body += writer.returned(output, inner)
        head, arguments = self._source.loop(step, scope)
        parameters = loop.parameters(inner.used, self._program.any())
        arguments += loop.arguments(inner.used)
        returns = "None" if output is None else self._program.any()
        pad = _INDENT * indent
        return [
            "",
            f"{pad}@{called(_with_options(head, options), arguments, indent)}",
            f"{pad}def {variable}({', '.join(parameters)}) -> {returns}:",
            *body,
            "",
        ]

    def declared(self, step: ForEachStep | RepeatStep, scope: Scope) -> list[str]:
        """What a body says besides its steps: `until(…)`, `where(…)`, `more(…)`."""
        if isinstance(step, RepeatStep):
            said = {"until": step.repeat.until}
        else:
            given = {"where": step.for_each.where, "more": step.for_each.more}
            said = {word: text for word, text in given.items() if text is not None}
        return [
            self._line(f"{self._program.use(word)}({self._spelling.expression(text, scope)})")
            for word, text in said.items()
        ]

    def _line(self, text: str) -> str:
        return _INDENT * self._indent + text


class _Loop(Struct):
    """The names that a body binds. `item` is the first parameter of a `for_each`, which must be there."""

    item: str | None
    known: dict[str, Known]
    name: str | None
    named: bool

    @classmethod
    def of(cls, step: ForEachStep | RepeatStep, names: Names) -> _Loop:
        """The names, as far as Python takes them; the others are written as CEL."""
        if isinstance(step, RepeatStep):
            name = step.repeat.as_
            words = [f"{name}_{word}" if name else word for word in ("index", "previous")]
            known = {word: Known(word) for word in words if names.bind(word)}
            return cls(None, known, name, named=False)
        name = step.for_each.as_
        item = name or "item"
        index = f"{item}_index" if name else "index"
        bound = names.bind(item)
        variable = item if bound or name is None else names.fresh(item)
        known = {item: Known(variable)}
        if bound and names.bind(index):
            known[index] = Known(index)
        return cls(item, known, name, named=bound)

    def parameters(self, used: set[str], any: str) -> list[str]:
        """The parameters of the body's function: the item, and what else is used."""
        return [
            f"{known.variable}: {any}"
            for name, known in self.known.items()
            if name == self.item or name in used
        ]

    def arguments(self, used: set[str]) -> list[str]:
        """`as_=…`, where the parameters do not say it."""
        said = self.named if self.item else bool(used & self.known.keys())
        return [] if self.name is None or said else [f"as_={literal(self.name)}"]


def _with_options(head: str, options: list[str]) -> str:
    return f"{head}.options({', '.join(options)})" if options else head


def _step_of(node: Node) -> AnyStep:
    if node.step is None:
        raise UsageError(f"the step `{node.id}` cannot be read", help="run `auterity validate`")
    return node.step


def _circular(graph: Graph) -> UsageError:
    where = ".".join(map(str, graph.path)) or "the workflow"
    return UsageError(
        f"the steps of {where} wait for one another in a circle, so Python has no order for them",
        help="run `auterity validate`, which shows the circle",
    )
