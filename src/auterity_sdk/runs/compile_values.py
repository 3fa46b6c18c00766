"""Compiles the expressions and templates of a workflow into producers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from auterity_sdk.diagnostics import Path
from auterity_sdk.errors import InvalidWorkflow
from auterity_sdk.expression.problem import Problem
from auterity_sdk.expression.templates import Literal, parse_template
from auterity_sdk.runs.plan import Secret
from auterity_sdk.runs.producer import (
    Constant,
    Entries,
    Expr,
    Items,
    Producer,
    Text,
    expression,
    instant,
)
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.graph import Graph
from auterity_sdk.workflow.occurrences import Occurrence, Role
from auterity_sdk.workflow.scope import Scopes

_SECRET = re.compile(r"\$\{\s*secrets\.([A-Za-z_][A-Za-z0-9_]*)\s*\}")


class Values:
    """Makes producers for one workflow, and notes whose outcome and whose value is read: `(path of the graph, step)`."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self.outcomes_read: set[tuple[Path, str]] = set()
        self.values_read: set[tuple[Path, str]] = set()

    def condition(self, text: str, graph: Graph, path: Path, role: Role) -> Expr:
        """An expression without `${…}` around it."""
        return self._only(Occurrence(path, text, role, False), graph)

    def optional(self, text: str | None, graph: Graph, path: Path, role: Role) -> Expr | None:
        """An expression that may be missing."""
        return None if text is None else self.condition(text, graph, path, role)

    def value(self, value: Any, graph: Graph, path: Path, role: Role) -> Producer:
        """Plain data whose texts may hold `${…}`."""
        made = self._made(value, graph, path, role)
        return Constant(value) if made is None else made

    def arguments(
        self, given: Mapping[str, Any], graph: Graph, path: Path, role: Role
    ) -> tuple[Producer | None, tuple[Secret, ...]]:
        """The producer of a `with`, and the places in it where secrets are put at each attempt."""
        if not given:
            return None, ()
        if _is_plain(given):
            return Constant(given), ()
        secrets: list[Secret] = []
        rest = _without_secrets(given, (), secrets)
        return self.value(rest, graph, path, role), tuple(secrets)

    def duration(
        self, value: Duration | str | None, graph: Graph, path: Path, role: Role
    ) -> Producer | None:
        """The producer of a duration; None where there is none."""
        if value is None:
            return None
        if isinstance(value, Duration):
            return Constant(value.timedelta)
        return self.value(value, graph, path, role)

    def count(self, value: int | str, graph: Graph, path: Path) -> int | Expr:
        """A number, or the expression that gives it."""
        if isinstance(value, int):
            return value
        return self._only(Occurrence(path, value, Role.COUNT, True), graph)

    def time(self, value: Any, graph: Graph, path: Path) -> Producer:
        """The producer of what a `wait` waits for."""
        if isinstance(value, Duration):
            return Constant(value.timedelta)
        made = self.value(value, graph, path, Role.WAIT)
        if isinstance(made, Constant):
            instant(made.data, 0)
        return made

    def _made(self, value: Any, graph: Graph, path: Path, role: Role) -> Producer | None:
        """The producer, or None for a value without expressions: it stands for itself."""
        match value:
            case str() if "${" in value:
                return self._template(Occurrence(path, value, role, True), graph)
            case dict():
                made = {k: self._made(v, graph, (*path, k), role) for k, v in value.items()}
                if not any(made.values()):
                    return None
                return Entries(tuple((k, v or Constant(value[k])) for k, v in made.items()))
            case list():
                items = [self._made(v, graph, (*path, i), role) for i, v in enumerate(value)]
                if not any(items):
                    return None
                pairs = zip(items, value, strict=True)
                return Items(tuple(item or Constant(plain) for item, plain in pairs))
            case _:
                return None

    def _template(self, occurrence: Occurrence, graph: Graph) -> Producer:
        parsed = parse_template(occurrence.text)
        if isinstance(parsed, Problem):
            raise _refused(occurrence.path, parsed)
        if occurrence.alone:
            return self._only(occurrence, graph)
        compiled = iter(self._compiled(occurrence, graph))
        parts = [
            part.text if isinstance(part, Literal) else next(compiled) for part in parsed.parts
        ]
        texts = [part for part in parts if isinstance(part, str)]
        return Constant("".join(texts)) if len(texts) == len(parts) else Text(tuple(parts))

    def _only(self, occurrence: Occurrence, graph: Graph) -> Expr:
        return self._compiled(occurrence, graph)[0]

    def _compiled(self, occurrence: Occurrence, graph: Graph) -> list[Expr]:
        made = []
        for part in self._scopes.compile(graph, occurrence):
            if part.compiled is None:
                raise _refused(occurrence.path, part.problems[0])
            found = expression(part.compiled)
            self._note(found.outcomes, graph, self.outcomes_read)
            self._note(found.roots, graph, self.values_read)
            made.append(found)
        return made

    def _note(self, names: Iterable[str], graph: Graph, read: set[tuple[Path, str]]) -> None:
        for name in names:
            for around in self._scopes.enclosing(graph):
                if name in around.nodes:
                    read.add((around.path, name))
                    break


def _refused(path: Path, problem: Problem) -> InvalidWorkflow:
    place = ".".join(map(str, path))
    return InvalidWorkflow(
        f"the expression at `{place}` is wrong: {problem.message}",
        help="`auterity validate` shows every such place with its line",
    )


def _is_plain(value: Any) -> bool:
    """Nothing in it is worked out in a run, as in most arguments of most steps."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if "${" in value:
                return False
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return True


def _without_secrets(value: Any, place: tuple[str | int, ...], found: list[Secret]) -> Any:
    match value:
        case str():
            secret = _SECRET.fullmatch(value.strip()) if "secrets" in value else None
            if secret is None:
                return value
            found.append(Secret(place, secret[1]))
            return None
        case dict():
            return {k: _without_secrets(v, (*place, k), found) for k, v in value.items()}
        case list():
            return [_without_secrets(v, (*place, i), found) for i, v in enumerate(value)]
        case _:
            return value
