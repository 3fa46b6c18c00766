"""The rule `wrong-type`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, place_of, plain_words
from auterity_sdk.checks.subject import SchemaError, Subject

_WANTED = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_attributes_type": "a mapping",
    "model_type": "a mapping",
    "string_type": "text",
}


@rule("AUT203")
def wrong_type(subject: Subject) -> Found:
    """A value is of the wrong type.

    ## What it checks

    That text stands where text is wanted, a list where a list is, and so on.

    ## Why it matters

    A value of another type would be read as something that was not meant.

    ## Example

        auterity: 1
        name: demo
        steps:
          - wait: 1h

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    for error in faults(subject, "wrong-type"):
        yield Finding(_message(error), place_of(error), help=_help(error))


def _message(error: SchemaError) -> str:
    wanted = _WANTED.get(error.type)
    name = f"`{error.name}`" if error.path else "a workflow"
    if wanted is None:
        return plain_words(error)
    return f"{name} is {wanted}, not {_kind(error.value)}"


def _kind(value: object) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _help(error: SchemaError) -> tuple[str, ...]:
    if error.name == "steps" and isinstance(error.value, list):
        return ("write each step as `id: {…}`: steps have names, not numbers",)
    if not error.path:
        return ("begin with `auterity: 1`, `name: …` and `steps:`",)
    if error.type == "string_type" and isinstance(error.value, bool | int | float):
        return ("quote the text",)
    return ()
