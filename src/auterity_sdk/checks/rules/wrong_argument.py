"""The rule `wrong-argument`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from auterity_sdk.checks.calls import StepCall, calls, existing, holds_expression
from auterity_sdk.checks.facts.expressions import Typed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Path
from auterity_sdk.expression.fitting import conversion, mismatch
from auterity_sdk.expression.schema import from_json_schema
from auterity_sdk.expression.types import STRING, ListType, ObjectType, Type
from auterity_sdk.workflow.fields import fields_schema
from auterity_sdk.workflow.shaping import taken_fields
from auterity_sdk.workflow.signature import Catalog
from auterity_sdk.workflow.tools import tool_problems


@rule("AUT506")
def wrong_argument(subject: Subject) -> Found:
    """An argument is of the wrong type.

    ## What it checks

    The values in `with`, and in the `input` of triggers, against the types of the arguments: plain values by the step type's own rules,
    expressions by their types.

    ## Why it matters

    The step would refuse it when it is started.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: soon, title: Call back}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: Call back}
    """
    fitting: set[tuple[str, str, str, str]] = set()
    typed = {expression.occurrence.path: expression for expression in subject.expressions}
    for call in calls(subject):
        if call.signature is None:
            continue
        if call.signature.shapings:
            yield from _by_shape(call, subject.catalog)
        for name, value in call.arguments.items():
            parameter = call.signature.parameters.get(name)
            if parameter is None:
                continue
            if holds_expression(value):
                wanted = from_json_schema(parameter.schema, call.signature.definitions)
                yield from _by_type(call, name, value, wanted, typed)
            elif not isinstance(value, str):
                yield from _by_value(call, name, value)
            elif (call.key, call.signature.name, name, value) not in fitting:
                # Large workflows say the same to many steps.
                wrong = tuple(_by_value(call, name, value))
                yield from wrong
                if not wrong:
                    fitting.add((call.key, call.signature.name, name, value))


def _by_shape(call: StepCall, catalog: Catalog) -> Found:
    """What tells the type of the output must describe an object, without fields that the step gives in any case."""
    plain = catalog.signature(call.uses) if call.uses else None
    if plain is None:
        return
    for shaping in plain.shapings:
        written = call.arguments.get(shaping.argument)
        place = (*call.path, "with", shaping.argument)
        if shaping.how == "tools":
            yield from _by_tools(call, written, place, catalog)
        if shaping.how != "fields" or written is None:
            continue
        for name in taken_fields(plain, written):
            yield Finding(
                f"the step gives `{name}` itself",
                Location(existing(place, written, (name,)), "key"),
            )
        try:
            fields_schema(written, catalog)
        except ValueError as error:
            yield Finding(f"`{shaping.argument}` does not fit: {error}", Location(place))
        except KeyError:
            continue  # unknown-type says it


def _by_tools(call: StepCall, written: Any, place: Path, catalog: Catalog) -> Found:
    plain = catalog.signature(call.uses)
    if written is None or plain is None:
        return
    if holds_expression(written):
        message = "tools are written out: no `${…}` can stand among them, since each is an outcome"
        yield Finding(message, Location(place))
    for inner, message in tool_problems(written, plain, catalog):
        yield Finding(message, Location(existing(place, written, inner)))


def _by_value(call: StepCall, name: str, value: Any) -> Found:
    for problem in call.check_literal(name, value):
        place = existing((*call.path, call.place, name), value, problem.place)
        message = re.sub(r"^Input should", "it should", problem.message).rstrip(".")
        yield Finding(f"`{name}` does not fit: {message[:1].lower()}{message[1:]}", Location(place))


def _by_type(
    call: StepCall, name: str, value: Any, wanted: Type, typed: Mapping[Path, Typed]
) -> Found:
    """Follow the value and the wanted type down to each expression."""
    waiting: list[tuple[Path, Any, Type]] = [((*call.path, call.place, name), value, wanted)]
    while waiting:
        path, value, wanted = waiting.pop()
        if isinstance(value, dict):
            fields = wanted.fields if isinstance(wanted, ObjectType) else {}
            waiting.extend(
                ((*path, key), inner, fields[key].type)
                for key, inner in value.items()
                if key in fields
            )
        elif isinstance(value, list) and isinstance(wanted, ListType):
            waiting.extend(((*path, at), inner, wanted.item) for at, inner in enumerate(value))
        elif path in typed:
            yield from _expression(typed[path], path, wanted)


def _expression(expression: Typed, path: Path, wanted: Type) -> Found:
    if expression.type is None:
        return
    given = expression.type if expression.occurrence.alone else STRING
    reason = mismatch(given, wanted)
    if reason:
        function = conversion(given, wanted)
        place = expression.whole if expression.occurrence.alone else Location(path)
        advice = (f"convert it with `{function}`",) if function else ()
        yield Finding(f"`{path[-1]}` {reason}", place, help=advice)
