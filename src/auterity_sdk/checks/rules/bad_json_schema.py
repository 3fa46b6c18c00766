"""The rule `bad-json-schema`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.checks.written_types import is_unusual, schema_mistakes, written_types
from auterity_sdk.diagnostics import Location, Path
from auterity_sdk.workflow.key_types import TypeExpression
from auterity_sdk.workflow.types import schema_of
from auterity_sdk.workflow.values import schema_problem


@rule("AUT221")
def bad_json_schema(subject: Subject) -> Found:
    """A JSON Schema is not one.

    ## What it checks

    That the keywords of a schema in `input` or `form` have values of their kind: `minimum` a number,
    `required` a list of names, `pattern` a regular expression.

    ## Why it matters

    A keyword with a wrong value would check nothing.

    ## Example

        auterity: 1
        name: demo
        input:
          score: {type: number, minimum: low}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
        ends: {hot: route.hot, cold: route.cold}

    ## Instead

        auterity: 1
        name: demo
        input:
          score: {type: number, minimum: 0}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
        ends: {hot: route.hot, cold: route.cold}
    """
    for path, written in written_types(subject):
        if not isinstance(written, dict):
            continue
        found = list(schema_mistakes(written))
        for place, message in found:
            yield Finding(message, Location((*path, *place)))
        if not found and is_unusual(written):
            yield from _by_its_own_rules(path, written, subject)


def _by_its_own_rules(path: Path, written: TypeExpression, subject: Subject) -> Found:
    try:
        reason = schema_problem(schema_of(written, subject.catalog))
    except KeyError:
        return
    if reason:
        yield Finding(f"this is no JSON Schema: {reason.rstrip('.')}", Location(path))
