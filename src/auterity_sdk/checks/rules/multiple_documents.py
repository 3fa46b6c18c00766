"""The rule `multiple-documents`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT110")
def multiple_documents(subject: Subject) -> Found:
    """The file holds a second document.

    ## What it checks

    That nothing follows a line `---` after the first document.

    ## Why it matters

    One file is one workflow; a second document would be ignored.

    ## Example

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
        ---
        auterity: 1
        name: another

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    return found_by_loader(subject, "AUT110")
