"""What reading the file itself found, for the rules that own those findings."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found
from auterity_sdk.checks.subject import Subject


def found_by_loader(subject: Subject, code: str) -> Found:
    """The reader's findings of one code."""
    for found in subject.loading:
        if found.code == code:
            yield Finding(
                found.message, found.location, found.related, found.notes, found.help, found.fixes
            )
