"""Values and expressions of a file as Python source: text stays text, whatever it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from auterity_sdk.expression.templates import Hole, Literal, Part, Template, parse_template
from auterity_sdk.workflow.builder.cel import NO_MEMBERS, Cel, Level, quoted
from auterity_sdk.workflow.builder.symbol import Plain
from auterity_sdk.workflow.builder.value import Text
from auterity_sdk.workflow.export.names import Scope, plain
from auterity_sdk.workflow.signature import COMMON_OUTCOMES, DONE, OK

_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z", re.ASCII)
_COMPARISON = re.compile(r"([A-Za-z_][\w.]*) (==|!=|<|<=|>|>=) (\S.*)\Z", re.ASCII)
_HAS = re.compile(r"(!?)has\(([\w.]+)\)\Z", re.ASCII)
_DOLLARS = re.compile(r"'(\$+)'\Z")
_NUMBER = re.compile(r"(0|[1-9]\d{0,17})(\.\d+)?\Z", re.ASCII)
_NO_VALUES = frozenset({*COMMON_OUTCOMES, DONE, OK})
_ROOTS = ("run", "connections", "secrets", "event")
_LONGEST = 100


class Spelling:
    """Writes Python source, and notes which of the builder's functions it uses."""

    def __init__(self, used: Callable[[str], str]) -> None:
        self._used = used

    def value(self, value: Any, scope: Scope) -> str:
        """Data with `${…}` in it."""
        match value:
            case str():
                return self._text(value, scope)
            case Mapping():
                pairs = (
                    f"{literal(key)}: {self.value(item, scope)}" for key, item in value.items()
                )
                return "{" + ", ".join(pairs) + "}"
            case list():
                return "[" + ", ".join(self.value(item, scope) for item in value) + "]"
        return literal(value)

    def expression(self, text: str, scope: Scope) -> str:
        """CEL: in Python's own words where they give this very text, else `expr(…)`."""
        return self._natural(text, scope) or f"{self._used('expr')}({literal(text)})"

    def keywords(self, values: Mapping[str, Any], spell: Callable[[Any], str]) -> list[str]:
        """The named arguments of a call."""
        if all(plain(name) for name in values):
            return [f"{name}={spell(value)}" for name, value in values.items()]
        pairs = (f"{literal(name)}: {spell(value)}" for name, value in values.items())
        return ["**{" + ", ".join(pairs) + "}"]

    def _text(self, text: str, scope: Scope) -> str:
        template = parse_template(text)
        if not isinstance(template, Template) or _rebuilt(template) != text:
            return f"{self._used('verbatim')}({literal(text)})"
        if template.alone is not None:
            return self.expression(template.alone.expression, scope)
        if not template.holes:
            return literal(
                "".join(part.text for part in template.parts if isinstance(part, Literal))
            )
        parts = [self._part(part, scope) for part in template.parts]
        return f"{self._used('text')}({', '.join(parts)})"

    def _part(self, part: Part, scope: Scope) -> str:
        if isinstance(part, Hole):
            # The builder writes `${'$'}` for a `$` that would escape what follows it.
            dollars = _DOLLARS.match(part.expression)
            return literal(dollars[1]) if dollars else self.expression(part.expression, scope)
        return literal(part.text)

    def _natural(self, text: str, scope: Scope) -> str | None:
        if _PATH.match(text):
            return self._path(text, scope)
        if found := _HAS.match(text):
            return self._has(found, scope)
        found = _COMPARISON.match(text)
        if found is None or not _PATH.match(found[1]):
            return None
        left, right = self._path(found[1], scope), self._operand(found[3], scope)
        return f"{left} {found[2]} {right}" if left and right else None

    def _has(self, found: re.Match[str], scope: Scope) -> str | None:
        member = self._path(found[2], scope) if _PATH.match(found[2]) and "." in found[2] else None
        if member is None or "." not in member:
            return None
        asked = f"{self._used('has')}({member})"
        return f"{self._used('not_')}({asked})" if found[1] else asked

    def _operand(self, text: str, scope: Scope) -> str | None:
        if _NUMBER.match(text):
            number = float(text) if "." in text else int(text)
            return text if repr(number) == text else None
        if text.startswith("'"):
            return literal(text[1:-1]) if _simply_quoted(text) else None
        return self._path(text, scope) if _PATH.match(text) else None

    def _path(self, text: str, scope: Scope) -> str | None:
        root, *members = text.split(".")
        if not all(plain(member) and member not in NO_MEMBERS for member in members):
            return None
        if root == "input":
            known = scope.find(f"input.{members[0]}") if members else None
            return ".".join([known.variable, *members[1:]]) if known else None
        if root in _ROOTS and members:
            return ".".join([self._used(root), *members])
        known = scope.find(root)
        if known is None or (members and members[0] in _NO_VALUES.union(known.outcomes or ())):
            return None
        return ".".join([known.variable, *members])


def literal(value: object) -> str:
    """Plain data as Python source."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f"float({str(value)!r})"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, str) and "'" not in value and '"' not in value:
        return f'"{repr(value)[1:-1]}"'
    return repr(value)


def called(head: str, arguments: list[str], indent: int) -> str:
    """A call, on one line where it is short enough."""
    line = f"{head}({', '.join(arguments)})"
    if len(line) + 4 * indent <= _LONGEST:
        return line
    inner = "\n" + "    " * (indent + 1)
    return f"{head}({inner}{f',{inner}'.join(arguments)},\n{'    ' * indent})"


def _simply_quoted(text: str) -> bool:
    return len(text) >= 2 and text.endswith("'") and quoted(text[1:-1]) == text


def _rebuilt(template: Template) -> str:
    """What the builder makes of the parts as `_part` spells them."""
    if template.alone is not None:
        return template.text
    spelled: list[object] = []
    for part in template.parts:
        if isinstance(part, Literal):
            spelled.append(part.text)
        else:
            dollars = _DOLLARS.match(part.expression)
            spelled.append(dollars[1] if dollars else Plain(Cel(part.expression, Level.CHOICE)))
    return Text(tuple(spelled)).template(lambda cel: cel.text)
