"""The rule `unreadable-file`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT002")
def unreadable_file(subject: Subject) -> Found:
    """The file is not UTF-8, or is too large.

    ## What it checks

    That the bytes of the file are UTF-8 text of at most 5 MB.

    ## Why it matters

    Text in another encoding would reach customers with wrong letters, and a file that large is generated or
    hostile.

    ## Example

        auterity: 1
        name: demo
        description: A file that an editor saved as Latin-1, with this é
        steps:
          pause: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        description: The same file saved as UTF-8
        steps:
          pause: {wait: 1h}
    """
    return found_by_loader(subject, "AUT002")
