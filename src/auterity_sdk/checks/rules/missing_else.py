"""The rule `missing-else`."""

from __future__ import annotations

from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.workflow.occurrences import ELSE
from auterity_sdk.workflow.step import SwitchStep


@rule("AUT321", Severity.WARNING)
def missing_else(subject: Subject) -> Found:
    """A `switch` has no `else`.

    ## What it checks

    That the last case of every `switch` is `else`.

    ## Why it matters

    When no case is true the step fails, and mostly the run with it.

    ## Example

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: input.score < 50
        ends: {hot: route.hot, cold: route.cold}

    ## Instead

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
        ends: {hot: route.hot, cold: route.cold}
    """
    for node in subject.nodes():
        if isinstance(node.step, SwitchStep):
            texts = [text.strip() for text in node.step.switch.values()]
            if ELSE not in texts and texts[-1] != "true":
                place = (*node.path, "switch")
                yield Finding(
                    f"the switch `{node.id}` has no `else`",
                    Location(place, "key"),
                    help=("add a last case `other: else`, and say what happens then",),
                    fixes=renamed(Location((*place, list(node.step.switch)[-1])), ELSE),
                )
