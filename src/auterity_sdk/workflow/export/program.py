"""The whole program: imports, the decorated function, its steps in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from auterity_sdk.workflow.builder.input_types import FileType, type_expression
from auterity_sdk.workflow.export.body import BodyWriter
from auterity_sdk.workflow.export.names import Known, Names, Scope, plain
from auterity_sdk.workflow.export.spelling import Spelling, called, literal
from auterity_sdk.workflow.graph import Graph, build_graph
from auterity_sdk.workflow.key_types import TypeExpression
from auterity_sdk.workflow.model import Workflow, dump
from auterity_sdk.workflow.signature import Catalog

BUILDER = "auterity_sdk.workflow.builder"
_SCALARS: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "object": dict,
    "array": list,
}
_TOP_KEYS = (
    "description",
    "labels",
    "triggers",
    "concurrency",
    "idempotency_key",
    "idempotency_window",
    "priority",
    "timeout",
    "budget",
    "guarantees",
)


def to_python(
    workflow: Workflow,
    catalog: Catalog,
    step_types: Mapping[str, str] | None = None,
    types: Mapping[str, str] | None = None,
) -> str:
    """Python source that builds the workflow: the same canonical form, so the same version.

    `step_types` and `types` say where the named ones are imported from (`module:attribute`); others are
    written by name. No text of the workflow can become code. Raises `UsageError` where steps wait for one
    another in a circle, for which Python has no order.
    """
    graph = build_graph(workflow, catalog)
    # The first pass finds which functions are used, so that the second takes no variable of their names.
    first = _Program(workflow, catalog, graph, step_types or {}, types or {}, Names())
    first.write()
    names = Names(functions={*first.functions, "workflow"})
    return _Program(workflow, catalog, graph, step_types or {}, types or {}, names).write()


class _Program(Struct):
    workflow: Workflow
    catalog: Catalog
    graph: Graph
    step_types: Mapping[str, str]
    types: Mapping[str, str]
    names: Names
    functions: set[str] = field(default_factory=set)
    imports: dict[str, str] = field(default_factory=dict)
    typing: set[str] = field(default_factory=set)

    def write(self) -> str:
        """The source text."""
        spelling = Spelling(self.use)
        scope = Scope()
        parameters, extra = self._parameters(scope)
        function = self.names.fresh(self.workflow.name.replace("-", "_"))
        writer = BodyWriter(self, spelling, 1)
        lines = writer.steps(self.graph, scope)
        lines += writer.ends(self.workflow, scope)
        output = writer.returned(self.workflow.output, scope)
        head = called("@workflow", self._keys(extra), 0)
        returns = f"{self.any()}" if output else "None"
        signature = f"def {function}({', '.join(parameters)}) -> {returns}:"
        program = "\n".join([head, signature, *lines, *output])
        return f"{self._imports()}\n\n\n{program}\n"

    def use(self, function: str) -> str:
        """A function of the builder, which the program then imports."""
        self.functions.add(function)
        return function

    def any(self) -> str:
        """The type `Any`."""
        self.typing.add("Any")
        return "Any"

    def step_type(self, name: str) -> tuple[str, frozenset[str] | None]:
        """The source of a step type, and its outcomes where the program knows them."""
        signature = self.catalog.signature(name)
        target = self.step_types.get(name)
        if target is None or signature is None:
            return f"{self.use('uses')}({literal(name)})", None
        return self._imported(target, name), frozenset(signature.outcomes)

    def _imported(self, target: str, name: str) -> str:
        if target not in self.imports:
            self.imports[target] = self.names.fresh(name.replace(".", "_"))
        return self.imports[target]

    def _keys(self, extra: Mapping[str, TypeExpression]) -> list[str]:
        data = dump(self.workflow)
        keys = [f"name={literal(self.workflow.name)}"]
        keys += [f"{key}={literal(data[key])}" for key in _TOP_KEYS if key in data]
        return [*keys, f"input={literal(dict(extra))}"] if extra else keys

    def _parameters(self, scope: Scope) -> tuple[list[str], dict[str, TypeExpression]]:
        required: list[str] = []
        defaulted: list[str] = []
        extra: dict[str, TypeExpression] = {}
        for name, written in self.workflow.input.items():
            if not plain(name) or not self.names.free(name):
                extra[name] = written
                continue
            annotation, default = self._annotation(written)
            scope.known[f"input.{name}"] = Known(self.names.fresh(name))
            if default is None:
                required.append(f"{name}: {annotation}")
            else:
                defaulted.append(f"{name}: {annotation} = {default}")
        return required + defaulted, extra

    def _annotation(self, written: TypeExpression) -> tuple[str, str | None]:
        if isinstance(written, str):
            if written in _SCALARS and type_expression(_SCALARS[written]) == written:
                return _SCALARS[written].__name__, None
            target = self.types.get(written)
            if target is not None and target.partition(":")[2] == written:
                return self._imported(target, written), None
            return self._file_type(written), None
        kind = _SCALARS.get(written.get("type", "")) if _is_scalar(written) else None
        if kind is not None:
            return kind.__name__, literal(written["default"])
        return self._file_type(written), None

    def _file_type(self, written: TypeExpression) -> str:
        self.typing.add("Annotated")
        return f"Annotated[{self.any()}, {self.use(FileType.__name__)}({literal(written)})]"

    def _imports(self) -> str:
        typing = [f"from typing import {', '.join(sorted(self.typing))}\n"] if self.typing else []
        functions = sorted({*self.functions, "workflow"})
        own = "from " + called(f"{BUILDER} import ", functions, 0)
        own = own if "\n" in own else own.replace("import (", "import ").removesuffix(")")
        modules = [self._import(target, name) for target, name in self.imports.items()]
        return "\n".join([*typing, *sorted([*modules, own])])

    def _import(self, target: str, name: str) -> str:
        module, _, attribute = target.partition(":")
        renamed = "" if attribute == name else f" as {name}"
        return f"from {module} import {attribute}{renamed}"


def _is_scalar(written: Mapping[str, Any]) -> bool:
    """`{type: number, default: 50}` and nothing else, which `x: float = 50` says too."""
    kind, default = written.get("type"), written.get("default")
    if set(written) != {"type", "default"} or not isinstance(kind, str) or default is None:
        return False
    python = _SCALARS.get(kind)
    return python is not None and type_expression(python, default) == written
