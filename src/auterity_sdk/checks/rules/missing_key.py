"""The rule `missing-key`."""

from __future__ import annotations

from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, place_of
from auterity_sdk.checks.subject import SchemaError, Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.expression.suggest import did_you_mean
from auterity_sdk.workflow.step import KINDS


@rule("AUT202")
def missing_key(subject: Subject) -> Found:
    """A key that is needed is missing.

    ## What it checks

    That the keys which a workflow, a step or a part of it needs are there.

    ## Why it matters

    Without them it is not known what is to be done.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet:
            with: {role: sales, due: 5m, title: Call back}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: Call back}
    """
    for error in faults(subject, "missing-key"):
        if error.type == "missing":
            yield Finding(f"the key `{error.path[-1]}` is missing{_where(error)}", place_of(error))
        else:
            yield _without_kind(error)


def _where(error: SchemaError) -> str:
    owner = next((part for part in reversed(error.path[:-1]) if isinstance(part, str)), None)
    return f" in `{owner}`" if owner else ""


def _without_kind(error: SchemaError) -> Finding:
    written = error.value if isinstance(error.value, dict) else {}
    near = {key: did_you_mean(str(key), KINDS) for key in written}
    found = next(((key, kind) for key, kind in near.items() if kind), None)
    if found:
        key, kind = found
        message = f"the step `{error.name}` has no kind, and `{key}` is unknown"
        advice = f"a similar key exists: `{kind}`"
        place = Location((*error.path, key), "key")
        return Finding(message, place, help=(advice,), fixes=renamed(place, kind))
    kinds = ", ".join(f"`{kind}`" for kind in KINDS)
    message = f"the step `{error.name}` does not say what it does"
    return Finding(message, place_of(error), help=(f"give it one of the keys {kinds}",))
