"""The examples of the page on expressions: each is typed by the checker's rules and evaluated."""

from __future__ import annotations

import json
import re
from typing import Any

import console
import pytest

from auterity_sdk.expression.compile import Compiled, compile_expression
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.workflow.types import input_type

PAGE = (console.ROOT / "docs/reference/expressions.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Examples\n")[2].partition("\n## ")[0]
INPUT: dict[str, Any] = json.loads(SECTION.partition("```json\n")[2].partition("```")[0])
ROWS = re.findall(r"^\| `(.+)` \| `(.+)` \|$", SECTION, re.MULTILINE)
TYPES = {
    "lead": "Lead",
    "least_score": "integer",
    "discount": "number",
    "tags": {"type": "array", "items": "string"},
}
SCOPE = {"input": input_type(TYPES, builtin_registry())}


def test_every_line_of_the_table_is_read() -> None:
    assert len(ROWS) == SECTION.count("\n| ") - 2


@pytest.mark.parametrize(("text", "value"), ROWS)
def test_an_example_has_the_value_that_is_shown(text: str, value: str) -> None:
    made = compile_expression(text, SCOPE)
    assert isinstance(made, Compiled), made
    assert made.evaluate({"input": INPUT}) == json.loads(value)
