"""The rule `unknown-type`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.checks.written_types import name_place, written_types
from auterity_sdk.workflow.key_types import TypeExpression
from auterity_sdk.workflow.types import PLAIN_TYPES, schema_of


@rule("AUT220")
def unknown_type(subject: Subject) -> Found:
    """A named type is not known.

    ## What it checks

    The names of types in `input` and `form`: JSON Schema's own, `timestamp`, `duration`, `any`, and
    registered ones such as `Lead`.

    ## Why it matters

    Nothing could be checked of a value whose type is not known.

    ## Example

        auterity: 1
        name: demo
        input: {lead: Laed}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.lead.id}"}

    ## Instead

        auterity: 1
        name: demo
        input: {who: string}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.who}"}
    """
    for path, written in written_types(subject):
        unknown = _unknown(written, subject)
        if unknown is not None:
            near = subject.similar(unknown, (*PLAIN_TYPES, *subject.catalog.type_names()))
            advice = (
                f"a similar type exists: `{near}`"
                if near
                else "use a registered type or a JSON Schema"
            )
            place = name_place(path, written, unknown)
            yield Finding(f"there is no type `{unknown}`", place, help=(advice,))


def _unknown(written: TypeExpression, subject: Subject) -> str | None:
    try:
        schema_of(written, subject.catalog)
    except KeyError as error:
        return str(error.args[0])
    return None
