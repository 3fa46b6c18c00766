"""The rule `bad-default`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.checks.written_types import misfit, schema_mistakes, written_types
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.types import schema_of


@rule("AUT222")
def bad_default(subject: Subject) -> Found:
    """A default does not fit its type.

    ## What it checks

    That the `default` of an input is a value that its own schema allows.

    ## Why it matters

    Every run that leaves the input out would start with a value that is refused when given.

    ## Example

        auterity: 1
        name: demo
        input:
          score: {type: number, default: high}
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
          score: {type: number, default: 50}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
        ends: {hot: route.hot, cold: route.cold}
    """
    for path, written in written_types(subject):
        if not isinstance(written, dict) or written.get("default") is None:
            continue
        if any(schema_mistakes(written)):
            continue
        try:
            schema = schema_of(written, subject.catalog)
        except KeyError:
            continue
        reason = misfit(written["default"], schema)
        if reason:
            yield Finding(f"the default does not fit: {reason}", Location((*path, "default")))
