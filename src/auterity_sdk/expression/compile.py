"""From text to a typed expression that can be evaluated."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from auterity_sdk.errors import ExpressionError
from auterity_sdk.expression import engine, failure
from auterity_sdk.expression.binding import Wanted, bind, project, wanted
from auterity_sdk.expression.chains import Path, chain_of
from auterity_sdk.expression.fitting import conversion, mismatch
from auterity_sdk.expression.infer import Inference, Scope
from auterity_sdk.expression.problem import Problem
from auterity_sdk.expression.references import Reference, references
from auterity_sdk.expression.render import renders
from auterity_sdk.expression.rewrite import rewritten
from auterity_sdk.expression.shortcut import Function, shortcut
from auterity_sdk.expression.suggest import Suggestions
from auterity_sdk.expression.tree import Node
from auterity_sdk.expression.types import (
    ANY,
    BOOL,
    NUMBER,
    MapType,
    ObjectType,
    OptionalType,
    Type,
    describe,
    options_of,
    widened,
)

_UNSURE: Any = object()


class Compiled(Struct, frozen=True, dict=True):
    """An expression with its type and what it reads. It may be shared between threads."""

    text: str
    type: Type
    references: tuple[Reference, ...]
    expect: Type | None
    _node: Node
    _program: engine.Program
    _wanted: Mapping[str, Wanted | None]
    _defaults: Mapping[str, Any]
    _path: Path | None

    def evaluate(self, bindings: Mapping[str, Any]) -> Any:
        """The value in plain Python: int, float, str, bool, None, list, dict, datetime or timedelta.

        `bindings` holds each root's JSON data; a root that is absent or None reads as an object without
        fields. AbsentValue if a value that is read is not there, ExpressionError for any other error
        value of CEL, with its place.
        """
        value = self._at_once(bindings.get)
        return self.said_by_cel(bindings) if value is _UNSURE else value

    def shortcut(self, ask: Function, *, is_condition: bool = False) -> Function:
        """What gives the value of the roots that it is given, and asks CEL by `ask` only where that is not sure without."""
        return shortcut(
            self._node,
            ask,
            is_condition=is_condition or self.expect == BOOL,
            is_number=self.type == NUMBER,
        )

    @property
    def path(self) -> Path | None:
        """Where its value stands, if it is nothing but that: texts, truth values and numbers are its value as they are."""
        return None if self.type == NUMBER or self.expect == BOOL else self._path

    @cached_property
    def _at_once(self) -> Function:
        return self.shortcut(lambda _: _UNSURE)

    def said_by_cel(self, bindings: Mapping[str, Any]) -> Any:
        """The same as `evaluate`, without the shortcut."""
        if self._path is not None:
            found = _walk(bindings, self._path)
            if found is not None:
                return self._checked(bind(found))
        data = {}
        for root, members in self._wanted.items():
            value = bindings.get(root)
            if value is not None:
                data[root] = project(value, members)
            elif root in self._defaults:
                data[root] = self._defaults[root]
        try:
            value = engine.run(self._program, data)
        except engine.ErrorValue as error:
            raise failure.explain(self.text, self._node, data, str(error)) from None
        return self._checked(_in_order(value))

    def _checked(self, value: Any) -> Any:
        if self.expect == BOOL and not isinstance(value, bool):
            raise ExpressionError("the condition is neither true nor false", end=len(self.text))
        if isinstance(value, float) and not math.isfinite(value):
            raise ExpressionError("the result is not a finite number", end=len(self.text))
        if self.type == NUMBER and type(value) is int:
            return float(value)
        return value


def compile_expression(
    text: str,
    scope: Scope,
    *,
    expect: Type | None = None,
    rendered: bool = False,
    suggestions: Suggestions | None = None,
) -> Compiled | tuple[Problem, ...]:
    """The typed expression, or all that is wrong with it, in order of place.

    `scope` gives the types of the roots it may read; only those that it names are looked at. `expect`
    is the type that is wanted of its value, `rendered` says that it stands within a text. `suggestions`
    are those of the document that it stands in.
    """
    parsed = engine.parse(text)
    if isinstance(parsed, Problem):
        return (parsed,)
    inference = Inference(text, scope, suggestions)
    result = inference.infer(parsed.node, {})
    problems = inference.problems or _misfits(text, result, expect, rendered)
    if problems:
        return tuple(sorted(dict.fromkeys(problems), key=lambda each: (each.start, each.end)))
    node = rewritten(parsed.node, inference.casts)
    program = parsed.program if node is parsed.node else engine.load(node)
    read = references(text)
    defaults: dict[str, Any] = {each.root: {} for each in read if _object_like(scope[each.root])}
    return Compiled(
        text=text,
        type=widened(result),
        references=read,
        expect=expect,
        _node=node,
        _program=program,
        _wanted=wanted(reference.path for reference in read),
        _defaults=defaults,
        _path=_plain_path(node),
    )


def _plain_path(node: Node) -> Path | None:
    """The path of an expression that is nothing but a read: its value needs no CEL."""
    chain = chain_of(node)
    return chain.path if chain and not chain.optional else None


def _walk(value: Any, path: Path) -> Any:
    """What stands at a path; None where CEL is to say what is missing."""
    for part in path:
        # A dict is known at once, where an abstract class takes long to ask.
        known = type(value) is dict or isinstance(value, Mapping)
        value = value.get(part) if known else None
    return value


def _in_order(value: Any) -> Any:
    """A value with the keys of its maps sorted: CEL's own order differs from process to process."""
    if isinstance(value, dict):
        return {key: _in_order(value[key]) for key in sorted(value, key=str)}
    return [_in_order(each) for each in value] if isinstance(value, list) else value


def _object_like(type: Type) -> bool:
    return type == ANY or any(isinstance(one, ObjectType | MapType) for one in options_of(type))


def _misfits(text: str, type: Type, expect: Type | None, rendered: bool) -> list[Problem]:
    """The one thing wrong with the value as a whole."""
    end = len(text)
    if isinstance(type, OptionalType):
        hint = "end it with `.orValue(…)`, `.value()` or `.hasValue()`"
        return [Problem("optional_result", "this is an optional value", 0, end, hint)]
    if rendered and not renders(type):
        message = f"{describe(type)} cannot stand within a text"
        return [Problem("not_text", message, 0, end, "name the field that is meant")]
    reason = mismatch(type, expect) if expect is not None else None
    if reason is None or expect is None:
        return []
    if expect == BOOL:
        message = f"a condition is true or false, and this is {describe(widened(type))}"
        return [Problem("not_boolean", message, 0, end, "compare it with something")]
    function = conversion(type, expect)
    hint = f"convert it with `{function}`" if function else ""
    return [Problem("type_mismatch", reason, 0, end, hint)]
