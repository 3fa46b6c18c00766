"""The rule `unknown-key`."""

from __future__ import annotations

from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, keys_at, place_of
from auterity_sdk.checks.subject import Subject
from auterity_sdk.expression.suggest import did_you_mean


@rule("AUT201")
def unknown_key(subject: Subject) -> Found:
    """A key is not known at its place.

    ## What it checks

    That every key of the file is one of the language's, at the place where it stands.

    ## Why it matters

    A misspelt key would be ignored, and its retry or timeout with it.

    ## Example

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h, descripton: Let the customer answer}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h, description: Let the customer answer}
    """
    for error in faults(subject, "unknown-key"):
        known = keys_at(error.path[:-1], subject.data)
        near = did_you_mean(str(error.path[-1]), known)
        place = place_of(error)
        message = f"unknown key `{error.path[-1]}`"
        yield Finding(message, place, help=_help(near, known), fixes=renamed(place, near))


def _help(near: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    if near:
        return (f"a similar key exists: `{near}`",)
    if not known:
        return ("remove it",)
    return (f"the keys here are {', '.join(f'`{key}`' for key in known)}",)
