"""The rule `shadowed-case`."""

from __future__ import annotations

import re

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.workflow.occurrences import ELSE
from auterity_sdk.workflow.step import SwitchStep

_TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\w+|\S")


@rule("AUT309", Severity.WARNING)
def shadowed_case(subject: Subject) -> Found:
    """A case of a `switch` can never be picked.

    ## What it checks

    Cases whose condition stands above already, or that come after one that is always true.

    ## Why it matters

    The first true case wins, so what should follow this one never happens.

    ## Example

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              hot: input.score >= 80
              warm: input.score  >= 80
              cold: else
        ends: {hot: route.hot, warm: route.warm, cold: route.cold}

    ## Instead

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              hot: input.score >= 80
              warm: input.score >= 50
              cold: else
        ends: {hot: route.hot, warm: route.warm, cold: route.cold}
    """
    for node in subject.nodes():
        if not isinstance(node.step, SwitchStep):
            continue
        first: dict[str, str] = {}
        for name, text in node.step.switch.items():
            written = _words(text)
            place = Location((*node.path, "switch", name))
            if written in first:
                other = Location((*node.path, "switch", first[written]), label="picked instead")
                message = (
                    f"the case `{name}` can never be picked: `{first[written]}` has its condition"
                )
                yield Finding(message, place, (other,))
            elif "true" in first and text != ELSE:
                other = Location((*node.path, "switch", first["true"]), label="always true")
                message = f"the case `{name}` can never be picked: `{first['true']}` is always true"
                yield Finding(message, place, (other,))
            first.setdefault(written, name)


def _words(text: str) -> str:
    """The condition without what spaces change."""
    return " ".join(_TOKEN.findall(text))
