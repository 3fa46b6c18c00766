"""The rule `unknown-spec-version`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, place_of
from auterity_sdk.checks.subject import Subject


@rule("AUT006")
def unknown_spec_version(subject: Subject) -> Found:
    """The version of the language is not known.

    ## What it checks

    That the top key `auterity` is a version that this program can read: 1.

    ## Why it matters

    A later version may give the same words another meaning.

    ## Example

        auterity: 3
        name: demo
        steps:
          pause: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    for error in faults(subject, "unknown-spec-version"):
        yield Finding(
            f"language version {error.value!r} is not known",
            place_of(error),
            help=("write `auterity: 1`, or update this program",),
        )
