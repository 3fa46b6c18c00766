"""The rule `bad-id`."""

from __future__ import annotations

import re

from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, place_of
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Fix, Location
from auterity_sdk.workflow.key_types import IDENTIFIER_PATTERN


@rule("AUT209")
def bad_id(subject: Subject) -> Found:
    """A name is written in a way that cannot be used.

    ## What it checks

    Ids of steps, ends, inputs and fields are letters, digits and `_`, not beginning with a digit, at most
    100 characters; the workflow's name is lower case words joined by `-`.

    ## Why it matters

    Expressions read steps and inputs by their names, and `my-step` would be a subtraction there.

    ## Example

        auterity: 1
        name: demo
        steps:
          send-text: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          send_text: {wait: 1h}
    """
    for error in faults(subject, "bad-id"):
        if error.path == ("name",):
            words = "-".join(re.findall(r"[a-z0-9]+", str(error.value).lower())) or "lead-response"
            advice = f"write lower case words joined by `-`, such as `{words}`"
            message = f"`{error.value}` cannot be a workflow's name"
            place = Location(error.path)
            yield Finding(message, place, help=(advice,), fixes=renamed(place, words))
            continue
        key = str(error.path[-2])
        advice = "use letters, digits and `_`, and begin with a letter"
        name = re.sub(r"\W+", "_", key, flags=re.ASCII).strip("_")[:100]
        place = place_of(error)
        fixes: tuple[Fix, ...] = ()
        if re.match(IDENTIFIER_PATTERN, name) and name != key:
            advice = f"write it as `{name}`"
            fixes = renamed(place, name)
        yield Finding(f"`{key}` cannot be a name", place, help=(advice,), fixes=fixes)
