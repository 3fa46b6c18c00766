"""The rule `alias-budget`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT106")
def alias_budget(subject: Subject) -> Found:
    """Aliases repeat too much, or themselves.

    ## What it checks

    That a file is not much larger with its aliases written out, and that no value holds itself.

    ## Why it matters

    Nine short lines of aliases can stand for a thousand million values, which no reader survives.

    ## Example

        auterity: 1
        name: demo
        labels: &team {team: *team}
        steps:
          pause: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        labels: {team: bdc}
        steps:
          pause: {wait: 1h}
    """
    return found_by_loader(subject, "AUT106")
