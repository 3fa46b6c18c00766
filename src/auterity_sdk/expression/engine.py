"""CEL itself: the one environment, parsing, and running. Loaded at the first expression.

One environment serves all expressions: names are not declared to it (types are checked over the
syntax tree, see `infer`), so none has to be built per workflow. It is immutable and safe to share
between threads, as are compiled programs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Protocol

from msgspec import Struct

from auterity_sdk.expression import functions, syntax, tree_wire
from auterity_sdk.expression.problem import Problem
from auterity_sdk.expression.tree import Node


class Program(Protocol):
    """An expression that CEL has made ready to run."""

    def eval(self, *, data: Mapping[str, Any]) -> Any:
        """Run it; the value may be an error value."""
        ...

    def serialize(self) -> bytes:
        """Its tree in protobuf's wire form."""
        ...


class Environment(Protocol):
    """What an expression is compiled in."""

    def compile(self, expression: str, disable_check: bool) -> Program:
        """Parse an expression. RuntimeError if its syntax is wrong."""
        ...

    def deserialize(self, serialized: bytes) -> Program:
        """Load a tree."""
        ...


REMEMBERED_LENGTH = 500
"""Code points of the longest expression whose tree is kept for the next who asks."""


class Parsed(Struct, frozen=True):
    """An expression's syntax tree, and the program that CEL made of it."""

    text: str
    node: Node
    program: Program


class ErrorValue(Exception):  # CEL's own word for it
    """An evaluation ended in an error value. The text is CEL's, and may quote data."""


@cache
def environment() -> Environment:
    """The environment that all expressions share, with our functions."""
    from cel_expr_python import cel  # type: ignore[import-untyped]
    from cel_expr_python.ext import (  # type: ignore[import-untyped]
        ext_optional,
        ext_strings,
    )

    declared = [
        cel.FunctionDecl(
            name,
            [
                cel.Overload(
                    f"{name}({','.join(parameters)})",
                    return_type=getattr(cel.Type, result),
                    parameters=[getattr(cel.Type, each) for each in parameters],
                    impl=implementation,
                )
                for parameters, result, implementation in overloads
            ],
        )
        for name, overloads in functions.IMPLEMENTATIONS.items()
    ]
    extensions = [ext_optional.ExtOptional(), ext_strings.ExtStrings()]
    made: Environment = cel.NewEnv(extensions=extensions, functions=declared)
    return made


def parse(text: str) -> Parsed | Problem:
    """The expression's tree and program, or the first thing wrong with its syntax.

    Those of usual length are remembered; a tree of 10,000 characters takes megabytes.
    """
    return _remembered(text) if len(text) <= REMEMBERED_LENGTH else _parse(text)


@lru_cache(maxsize=16_384)
def _remembered(text: str) -> Parsed | Problem:
    return _parse(text)


def _parse(text: str) -> Parsed | Problem:
    refused = syntax.refusal(text)
    if refused:
        return refused
    try:
        program = environment().compile(text, disable_check=True)
    except RuntimeError as error:
        return syntax.complaint(text, str(error))
    return Parsed(text, tree_wire.decode(program.serialize()), program)


def load(node: Node) -> Program:
    """The program of a tree that was made or changed here."""
    return environment().deserialize(tree_wire.encode(node))


@cache
def _error_types() -> tuple[object, object]:
    from cel_expr_python import cel

    return cel.Type.ERROR, cel.Type.UNKNOWN


def run(program: Program, data: Mapping[str, Any]) -> Any:
    """The value of a program in plain Python. ErrorValue if CEL gives an error instead of one."""
    try:
        value = program.eval(data=data)
        if value.type() in _error_types():
            raise ErrorValue(str(value.value()))
        return value.plain_value()
    except (RuntimeError, TypeError, SystemError, ValueError, OverflowError) as error:
        # The iteration budget, and values that have no Python form (an optional one, a type).
        raise ErrorValue(str(error)) from error
