"""Steps whose output is as an argument says, and outcomes without a value: what the checks make of them."""

from __future__ import annotations

import pytest

from auterity_sdk.checks.check import check_document
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.fields import fields_schema

REGISTRY = builtin_registry()
HEAD = """
auterity: 1
name: demo
input: {message: string}
steps:
  intent:
    uses: ai.classify
    with: {text: "${input.message}", labels: {price: asks the price, service: a repair}}
    timeout: 1m
  read:
    uses: ai.extract
    with: {text: "${input.message}", output: OUTPUT}
    timeout: 1m
  person:
    needs: {any: [intent.invalid, intent.refused, intent.failed, read.invalid, read.refused, read.failed]}
    uses: task.assign
    with: {role: sales, due: 5m, title: Read it}
"""


def found(more: str, output: str = "{day: string, guests: {type: integer}}") -> dict[str, str]:
    document = load_document(HEAD.replace("OUTPUT", output) + more, file="demo.yaml")
    diagnostics = check_document(document, REGISTRY).report.diagnostics
    return {each.code: each.message for each in diagnostics if each.code < "AUT6"}


def test_fields_and_labels_have_their_types() -> None:
    more = """
  route:
    needs: [intent, read]
    switch: {dear: intent.label == 'price' && read.guests > 2, other: else}
  go: {needs: route.done, uses: task.assign, with: {role: sales, due: 5m, title: "${read.day} ${read.guests}"}}
"""
    assert not found(more).keys() & {"AUT404", "AUT405", "AUT406", "AUT419", "AUT506"}


@pytest.mark.parametrize(
    ("more", "output", "code", "message"),
    [
        ("  r: {switch: {a: intent.label == 'prise', b: else}}\n", "{a: string}", "AUT419", "'prise'"),
        ("  r: {switch: {a: read.dya == '', b: else}}\n", "{day: string}", "AUT403", "dya"),
        ("  r: {switch: {a: read.day > 3, b: else}}\n", "{day: string}", "AUT404", "string and int"),
        ("", "{evidence: string}", "AUT506", "the step gives `evidence` itself"),
        ("", "{a: Leed}", "AUT220", "`Leed`"),
        ("", "Leed", "AUT220", "`Leed`"),
        ("", "string", "AUT506", "a type with fields"),
        ("", "{}", "AUT506", "names of fields"),
        ("  g: {needs: {any: [read.ok, read.invalid]}, wait: '${duration(read.day)}'}\n", "{day: string}", "AUT406", "`read`"),
        ("  g: {needs: read.refused, uses: task.assign, with: {role: sales, due: 5m, title: '${read.day}'}}\n", "{day: string}", "AUT406", "`read`"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_found(more: str, output: str, code: str, message: str) -> None:
    assert message in found(more, output)[code]


def test_a_written_shape_is_an_object() -> None:
    schema = fields_schema(
        {"day": "timestamp", "car": "Vehicle", "n": {"type": "integer", "default": 1}}, REGISTRY
    )
    assert schema["required"] == ["day", "car"]
    assert schema["properties"]["car"] == {"$ref": "#/$defs/Vehicle"}
    assert "Vehicle" in schema["$defs"]
    assert set(fields_schema("Money", REGISTRY)["properties"]) == {"minor", "currency"}
    with pytest.raises(KeyError):
        fields_schema({"a": "Leed"}, REGISTRY)
    with pytest.raises(ValueError, match="fields"):
        fields_schema("string", REGISTRY)
