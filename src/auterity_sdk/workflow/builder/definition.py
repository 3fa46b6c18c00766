"""`@workflow`: a Python function as a workflow."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, ParamSpec, TypeVar, get_type_hints

from pydantic import ValidationError

from auterity_sdk.diagnostics import Location, SourceMap
from auterity_sdk.errors import BuildError
from auterity_sdk.workflow.builder.building import Graph, graph_now, opened
from auterity_sdk.workflow.builder.cel import Cel, select
from auterity_sdk.workflow.builder.edge import Requirement, needs_of, requirements
from auterity_sdk.workflow.builder.input_types import type_expression
from auterity_sdk.workflow.builder.misuse import first_misuse
from auterity_sdk.workflow.builder.places import Places
from auterity_sdk.workflow.builder.source import PythonModule, python_module, refuse
from auterity_sdk.workflow.builder.symbol import Plain
from auterity_sdk.workflow.builder.value import as_value
from auterity_sdk.workflow.model import LANGUAGE_VERSION, Workflow, load
from auterity_sdk.workflow.needs import written
from auterity_sdk.workflow.step import KIND_TAGS

P = ParamSpec("P")
R = TypeVar("R")

_FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class WorkflowDefinition(Generic[P, R]):
    """A workflow written in Python. The graph is built when it is first asked for, and once."""

    def __init__(self, function: Callable[P, R], keys: Mapping[str, Any]) -> None:
        self.function = function
        self.name: str = keys.get("name") or function.__name__.strip("_").replace("_", "-").lower()
        self._keys = keys
        self.__doc__ = function.__doc__

    def __repr__(self) -> str:
        return f"<workflow {self.name}>"

    @property
    def workflow(self) -> Workflow:
        """The model. Raises `BuildError` where the function is no graph."""
        return self._built[0]

    @property
    def source(self) -> SourceMap:
        """Where each part of the model was written."""
        return self._built[1]

    @cached_property
    def _built(self) -> tuple[Workflow, Places]:
        module = python_module(self._file, self.function.__globals__)
        node = _function_node(module, self.function)
        graph = Graph(_places(self._file, self._line, module, node))
        data = self._data(graph, node)
        try:
            return load(data), graph.places
        except ValidationError as error:
            raise _invalid(error, graph.places) from None

    def _data(self, graph: Graph, node: _FunctionNode | None) -> dict[str, Any]:
        inputs = self._input()
        returned = self._run(graph, node)
        data = {"auterity": LANGUAGE_VERSION, **self._keys, "name": self.name, "steps": graph.steps}
        data["input"] = {**data.get("input", {}), **inputs}
        if not graph.steps:
            message = f"the workflow `{self.name}` has no step"
            raise self._error(message, "call a step in its function")
        data.update(graph.declared)
        if returned is not None:
            with opened(graph):
                data["output"] = self._output(returned, graph)
        return data

    def _input(self) -> dict[str, Any]:
        if inspect.iscoroutinefunction(self.function):
            raise self._error("a workflow function is no coroutine", "write `def`, not `async def`")
        hints = self._hints()
        found: dict[str, Any] = {}
        for name, parameter in inspect.signature(self.function).parameters.items():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise self._error(f"a workflow cannot take `*{name}`", "name each input")
            if name not in hints:
                raise self._error(f"the input `{name}` has no type", f"write `{name}: Lead`")
            found[name] = type_expression(hints[name], parameter.default)
        return found

    def _hints(self) -> dict[str, Any]:
        try:
            return get_type_hints(self.function, include_extras=True)
        except (NameError, TypeError) as error:
            message = f"the annotations of `{self.function.__name__}` cannot be read: {error}"
            raise self._error(message, "name types that the module has at its top") from None

    def _run(self, graph: Graph, node: _FunctionNode | None) -> object:
        names = inspect.signature(self.function).parameters
        symbols: dict[str, Any] = {name: Plain(select(Cel("input"), name)) for name in names}
        raised: BuildError | None = None
        returned: object = None
        with opened(graph):
            try:
                returned = self.function(**symbols)  # type: ignore[call-arg]
            except BuildError as error:
                raised = error
            except Exception as error:  # noqa: BLE001 - whatever a user's function raises
                raised = self._from(error)
        misuse = _misuse(graph, node, set(names))
        if misuse and (raised is None or (misuse.line or 0) <= (raised.line or 0)):
            raise misuse
        if raised is not None:
            raise raised
        return returned

    def _output(self, returned: object, graph: Graph) -> Any:
        if isinstance(returned, Requirement):
            raise self._error("an outcome is no output", "return a dict of values")
        return as_value(returned, graph)

    def _from(self, error: Exception) -> BuildError:
        """A user's exception as an error at its line of the user's file."""
        line, trace = self._line, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self._file:
                line = trace.tb_lineno
            trace = trace.tb_next
        made = BuildError(f"{type(error).__name__}: {error}", file=self._file, line=line)
        made.__cause__ = error
        return made

    def _error(self, message: str, help: str | None = None) -> BuildError:
        return BuildError(message, file=self._file, line=self._line, help=help)

    @property
    def _file(self) -> str:
        return self.function.__code__.co_filename

    @property
    def _line(self) -> int:
        return self.function.__code__.co_firstlineno


def workflow(
    *,
    name: str | None = None,
    description: str = "",
    labels: Mapping[str, str] | None = None,
    input: Mapping[str, object] | None = None,
    triggers: Sequence[Mapping[str, object]] = (),
    concurrency: Mapping[str, object] | None = None,
    idempotency_key: str | None = None,
    idempotency_window: str | None = None,
    priority: int | str = 0,
    timeout: str | None = None,
    budget: Mapping[str, object] | None = None,
    guarantees: Sequence[str] = (),
) -> Callable[[Callable[P, R]], WorkflowDefinition[P, R]]:
    """Make a workflow of a function whose parameters are its input, and whose `return` is its output.

    The keywords are the top keys of a workflow file, written as there (expressions as CEL text). `input`
    adds inputs whose names Python does not take as parameters. Without `name`, the function's is taken.
    """
    given: dict[str, Any] = {
        "name": name,
        "description": description,
        "labels": dict(labels or {}),
        "input": {key: type_expression(kind) for key, kind in (input or {}).items()},
        "triggers": [dict(trigger) for trigger in triggers],
        "concurrency": dict(concurrency) if concurrency else None,
        "idempotency_key": idempotency_key,
        "idempotency_window": idempotency_window,
        "priority": priority,
        "timeout": timeout,
        "budget": dict(budget) if budget else None,
        "guarantees": list(guarantees),
    }
    keys = {key: value for key, value in given.items() if value}

    def made(function: Callable[P, R]) -> WorkflowDefinition[P, R]:
        return WorkflowDefinition(function, keys)

    return made


def ends(**named: Requirement | Sequence[Requirement]) -> None:
    """The named ways in which a run may end well, in the order in which they are read."""
    graph = graph_now("ends")
    if graph.parent is not None:
        raise refuse("a body has no ends", "write `ends` in the workflow's function")
    if "ends" in graph.declared:
        raise refuse("the workflow has its ends already", "write one `ends(…)`")
    for value in named.values():
        for requirement in requirements(value):
            for edge in requirement.edges():
                graph.own(edge.source_step())
    graph.declared["ends"] = {name: written(needs_of(value)) for name, value in named.items()}
    site = graph.places.here()
    graph.places.call(("ends",), site)
    if site.call is not None:
        graph.places.keywords(("ends",), site.call.keywords)


def _function_node(
    module: PythonModule | None, function: Callable[..., Any]
) -> _FunctionNode | None:
    if module is None:
        return None
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = [node.lineno, *(decorator.lineno for decorator in node.decorator_list)]
        if node.name == function.__name__ and min(lines) == function.__code__.co_firstlineno:
            return node
    return None


def _places(
    file: str, line: int, module: PythonModule | None, node: _FunctionNode | None
) -> Places:
    places = Places(file, line, module)
    if node is None:
        return places
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            places.node((), decorator)
            places.keywords((), decorator.keywords)
    arguments = node.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        places.node(("input", argument.arg), argument)
    returns = [each for each in node.body if isinstance(each, ast.Return) and each.value]
    if returns and returns[-1].value is not None:
        places.node(("output",), returns[-1].value)
    return places


def _misuse(graph: Graph, node: _FunctionNode | None, names: set[str]) -> BuildError | None:
    module = graph.places.module
    if module is None or node is None:
        return None
    targets = {step.site.target.id for step in graph.built.values() if step.site.target}
    return first_misuse(module, node, names | targets)


def _invalid(error: ValidationError, places: Places) -> BuildError:
    first = error.errors(include_url=False, include_input=False)[0]
    path = tuple(part for part in first["loc"] if part not in KIND_TAGS)
    span = places.span(Location(path))
    shown = ".".join(map(str, path))
    return BuildError(
        f"{shown}: {first['msg']}", file=span.file, line=span.line, column=span.column
    )
