"""The rule `not-carried-out`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.runs.support import unsupported


@rule("AUT216")
def not_carried_out(subject: Subject) -> Found:
    """A part of the language is used that runs do not carry out yet.

    ## What it checks

    The parts of the language that can be written and checked, and that no run acts on so far.

    ## Why it matters

    A limit that is silently ignored is worse than none: everybody relies on it.

    ## Example

        auterity: 1
        name: demo
        steps:
          call: {call: lead-child@0123abcd, with: {name: Ann}}

    ## Instead

        auterity: 1
        name: demo
        steps:
          call: {call: lead-child, with: {name: Ann}}
    """
    if subject.workflow is None:
        return
    for path, what in unsupported(subject.workflow):
        message = f"{what} is not carried out by runs yet"
        yield Finding(message, Location(path, "key"), help=("leave it out for now",))
