"""Which value an argument is: two expressions of one name are the same value, since no step changes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from auterity_sdk.expression.references import references
from auterity_sdk.expression.templates import Template, parse_template
from auterity_sdk.workflow.declaration import Argument, Detail, Details, Effect
from auterity_sdk.workflow.graph import Node
from auterity_sdk.workflow.signature import Signature
from auterity_sdk.workflow.step import UsesStep


class Value(Struct, frozen=True):
    """What an argument is given: `text` is a name path (`input.lead.customer.phone`), another expression or a
    literal's own text; None of a name means that it is not known before a run. `literal` tells them apart."""

    text: str
    literal: bool = False


def argument_value(node: Node, at: Argument) -> Value | None:
    """The value of an argument of a step; None where it is not given."""
    step = node.step
    if not isinstance(step, UsesStep):
        return None
    if at.name in step.with_:
        return _below(step.with_[at.name], at.members)
    parameter = node.signature.parameters.get(at.name) if node.signature else None
    if parameter is None or parameter.required:
        return None
    return _below(parameter.default, at.members)


def raw_argument(node: Node, at: Argument) -> Any:
    """What is written for an argument; None where nothing is."""
    value = node.step.with_.get(at.name) if isinstance(node.step, UsesStep) else None
    for member in at.members:
        value = value.get(member) if isinstance(value, Mapping) else None
    return value


def detail_words(node: Node, details: Details) -> dict[str, str | None]:
    """The details of an effect or fact as words; None where only a run will tell. What is not given is left out."""
    found = ((name, _word(node, detail)) for name, detail in details.items())
    return {name: word for name, word in found if word != ""}


def applies(node: Node, when: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the arguments of a step surely have such values."""
    for name, words in when.items():
        value = argument_value(node, Argument(name))
        if value is None or not value.literal or value.text not in words:
            return False
    return True


def effects_of(node: Node) -> Iterator[tuple[Effect, dict[str, str | None]]]:
    """The effects of a step, with their details as words."""
    for effect in declared(node.signature):
        yield effect, detail_words(node, effect.details)


def declared(signature: Signature | None) -> tuple[Effect, ...]:
    """The effects that a step type declares."""
    return () if signature is None else signature.declares.effects


def _word(node: Node, detail: Detail) -> str | None:
    if isinstance(detail, str):
        return detail
    value = argument_value(node, detail)
    if value is None:
        return ""
    return value.text if value.literal else None


def _below(written: Any, members: tuple[str, ...]) -> Value | None:
    while members and isinstance(written, Mapping):
        written, members = written.get(members[0]), members[1:]
    if written is None:
        return None
    if isinstance(written, str) and "${" in written:
        return _of_template(written, members)
    return None if members else Value(str(written), literal=True)


def _of_template(text: str, members: tuple[str, ...]) -> Value:
    parsed = parse_template(text)
    hole = parsed.alone if isinstance(parsed, Template) else None
    if hole is None:
        return Value(text)
    path = name_path(hole.expression)
    base = ".".join(path) if path else hole.expression.strip()
    return Value(".".join((base, *members)))


def name_path(expression: str) -> tuple[str, ...]:
    """The names that an expression reads if it is nothing but one reading (`a.b`, `a.?b.orValue('')`); else none."""
    found = references(expression)
    if len(found) != 1:
        return ()
    before, after = expression[: found[0].start].strip(), expression[found[0].end :].strip()
    plain = not after or (after.startswith(".orValue(") and after.endswith(")"))
    return found[0].path if plain and not before else ()
