"""Operators and functions on symbolic values give CEL text; plain values stay text, whatever they hold."""

# ruff: noqa: F841 - the name that a step is assigned to is its id

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.errors import BuildError
from auterity_sdk.expression.engine import Parsed, parse
from auterity_sdk.expression.templates import Literal, Template, parse_template
from auterity_sdk.workflow.builder import (
    choose,
    connections,
    contains,
    days,
    expr,
    has,
    inputs,
    not_,
    optional,
    outcome,
    present,
    run,
    secrets,
    size,
    text,
    uses,
    verbatim,
    workflow,
)
from tests.workflow.builder.flows import Lead, Sent, data_of, send


class Color(StrEnum):
    RED = "red"


def argument(value: Callable[[Any, Any], Any]) -> Any:
    """What a value is in the file: given the input `lead` and a step `a`."""

    def flow(lead: Lead) -> None:
        a = send(to="x")
        b = uses("test.any")(value=value(lead, a))

    return data_of(flow)["steps"]["b"]["with"]["value"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (lambda lead, a: a.count + 1 * a.count, "a.count + 1 * a.count"),
        (lambda lead, a: (a.count + 1) * a.count, "(a.count + 1) * a.count"),
        (lambda lead, a: a.count - (a.count - 1), "a.count - (a.count - 1)"),
        (lambda lead, a: -a.count % 2, "-a.count % 2"),
        (lambda lead, a: 3 - a.count, "3 - a.count"),
        (lambda lead, a: a.count / 2, "double(a.count) / double(2)"),
        (lambda lead, a: a.count / 2.5, "double(a.count) / 2.5"),
        (lambda lead, a: (a.count > 1) & (a.count < 3), "a.count > 1 && a.count < 3"),
        (lambda lead, a: (a.count > 1) | (a.count == 0), "a.count > 1 || a.count == 0"),
        (
            lambda lead, a: ((a.count > 1) | (a.count == 0)) & has(lead.phone),
            "(a.count > 1 || a.count == 0) && has(input.lead.phone)",
        ),
        (lambda lead, a: (a.count == 1) == (a.count == 2), "(a.count == 1) == (a.count == 2)"),
        (lambda lead, a: lead.name != "it's\n", "input.lead.name != 'it\\'s\\n'"),
        (lambda lead, a: a.count >= 80, "a.count >= 80"),
        (lambda lead, a: run.id == a.message_id, "run.id == a.message_id"),
        (lambda lead, a: not_(lead.name == "x"), "!(input.lead.name == 'x')"),
        (lambda lead, a: ~has(lead.phone), "!has(input.lead.phone)"),
        (lambda lead, a: size(lead.tags) > 2, "size(input.lead.tags) > 2"),
        (
            lambda lead, a: contains(["x", lead.name], a.message_id),
            "a.message_id in ['x', input.lead.name]",
        ),
        (lambda lead, a: choose(a.count > 1, "many", "few"), "a.count > 1 ? 'many' : 'few'"),
        (lambda lead, a: choose(a.count > 1, "m", "f") + "x", "(a.count > 1 ? 'm' : 'f') + 'x'"),
        (lambda lead, a: lead.tags[0], "input.lead.tags[0]"),
        (lambda lead, a: lead.tags[a.count], "input.lead.tags[a.count]"),
        (lambda lead, a: lead["a b"], "input.lead['a b']"),
        (lambda lead, a: lead["name"], "input.lead.name"),
        (lambda lead, a: lead.name.startswith("x"), "input.lead.name.startsWith('x')"),
        (lambda lead, a: optional(lead).a.b.or_value("c"), "input.lead.?a.?b.orValue('c')"),
        (lambda lead, a: optional(lead)["a b"].has_value(), "input.lead[?'a b'].hasValue()"),
        (lambda lead, a: outcome(a) == "ok", "outcome.a == 'ok'"),
        (lambda lead, a: days(2), "days(2)"),
        (lambda lead, a: run.now + timedelta(hours=1), "run.now + duration('3600000ms')"),
        (
            lambda lead, a: run.now > datetime(2026, 1, 2, tzinfo=UTC),
            "run.now > timestamp('2026-01-02T00:00:00+00:00')",
        ),
        (lambda lead, a: expr("1 > 2 ? a.count : 3") + 1, "(1 > 2 ? a.count : 3) + 1"),
        (lambda lead, a: lead.name == Color.RED, "input.lead.name == 'red'"),
        (lambda lead, a: a.count == None, "a.count == null"),  # noqa: E711 - `is` cannot be caught
        (lambda lead, a: lead.tags == ["x", {"y": 1.5}], "input.lead.tags == ['x', {'y': 1.5}]"),
        (lambda lead, a: secrets.KEY, "secrets.KEY"),
        (lambda lead, a: connections.sms.region, "connections.sms.region"),
        (lambda lead, a: inputs["lead"].name, "input.lead.name"),
        (lambda lead, a: present(lead.phone), "input.lead.phone"),
        (lambda lead, a: text("x", lead.name) == "xy", "'x' + string(input.lead.name) == 'xy'"),
    ],
)
def test_operators_and_functions_are_cel(value: Any, expected: str) -> None:
    assert argument(value) == f"${{{expected}}}"
    assert isinstance(parse(expected), Parsed)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (lambda lead, a: text("Hi ", lead.name, "!"), "Hi ${input.lead.name}!"),
        (lambda lead, a: text("costs $", a.count), "costs ${'$'}${a.count}"),
        (lambda lead, a: text("$", "{x}"), "$${x}"),
        (lambda lead, a: text("a ", text("b ", a.count), lead.name), "a b ${a.count}${input.lead.name}"),
        (lambda lead, a: "${x}", "$${x}"),
        (lambda lead, a: verbatim("${1 + 1} x"), "${1 + 1} x"),
        (lambda lead, a: ["x", {"y": [lead.name, 1, None, True, 1.5]}], ["x", {"y": ["${input.lead.name}", 1, None, True, 1.5]}]),
        (lambda lead, a: timedelta(days=2, hours=3), "2d3h"),
        (lambda lead, a: datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
        (lambda lead, a: Color.RED, "red"),
        (lambda lead, a: Sent(message_id="x"), {"message_id": "x", "count": 0}),
        (lambda lead, a: a, "${a}"),
    ],
)  # fmt: skip
def test_values_as_the_file_holds_them(value: Any, expected: Any) -> None:
    assert argument(value) == expected


@given(st.lists(st.sampled_from(["$", "{", "}", "$${", "x", "'", None]), max_size=8))
def test_text_says_what_its_parts_say(parts: list[str | None]) -> None:
    made = argument(lambda lead, a: text(*(a.count if part is None else part for part in parts)))
    template = parse_template(made)
    assert isinstance(template, Template)
    read = [
        part.text if isinstance(part, Literal) else _dollars(part.expression)
        for part in template.parts
    ]
    assert _joined(read) == _joined(parts)


def _dollars(expression: str) -> str | None:
    return expression.strip("'") if expression.startswith("'$") else None


def _joined(parts: list[str | None]) -> list[str]:
    return "".join("\0" if part is None else part for part in parts).split("\0")


@pytest.mark.parametrize("value", [float("nan"), 2**63, datetime(2026, 1, 1), object()])  # noqa: DTZ001
def test_what_cel_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(BuildError):
        argument(lambda lead, a: lead.name == value)


def test_a_symbol_cannot_be_changed() -> None:
    @workflow()
    def flow(lead: Lead) -> None:
        lead.name = "x"

    with pytest.raises(BuildError, match="cannot be set"):
        _ = flow.workflow


def test_a_comparison_is_never_mirrored() -> None:
    """Python asks the right side first where its class is derived from the left's."""
    assert argument(lambda lead, a: lead.name < a.message_id) == "${input.lead.name < a.message_id}"
    assert argument(lambda lead, a: lead.name == text("x", a)) == (
        "${input.lead.name == 'x' + string(a)}"
    )
    assert argument(lambda lead, a: lead.name == optional(a).b) == "${input.lead.name == a.?b}"
