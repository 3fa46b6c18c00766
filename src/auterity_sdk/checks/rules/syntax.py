"""The rule `syntax`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT101")
def syntax(subject: Subject) -> Found:
    """The file is not YAML.

    ## What it checks

    That the text can be read by the rules of YAML 1.2.

    ## Why it matters

    Nothing else can be checked before the text can be read.

    ## Example

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    return found_by_loader(subject, "AUT101")
