"""The rule `misplaced-else`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.occurrences import ELSE
from auterity_sdk.workflow.step import SwitchStep


@rule("AUT322")
def misplaced_else(subject: Subject) -> Found:
    """An `else` is not the last case of its `switch`.

    ## What it checks

    That `else` stands last, and once.

    ## Why it matters

    The first true case wins and `else` is always true, so no case behind it could be picked.

    ## Example

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              cold: else
              hot: input.score >= 80
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
            *others, _ = node.step.switch.items()
            for name, text in others:
                if text == ELSE:
                    place = Location((*node.path, "switch", name))
                    message = f"the case `{name}` is `else`, and not the last one"
                    yield Finding(message, place, help=("move it to the end",))
