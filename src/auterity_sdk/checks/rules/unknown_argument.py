"""The rule `unknown-argument`."""

from __future__ import annotations

from auterity_sdk.checks.calls import calls
from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location


@rule("AUT504")
def unknown_argument(subject: Subject) -> Found:
    """An argument is not one of its step type's.

    ## What it checks

    That each key of `with` is an argument that the step type, or the called workflow, takes; and each key
    of a trigger's `input` an input of the workflow.

    ## Why it matters

    A misspelt argument would be ignored, and its default used.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: Call back, detials: By phone}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: Call back, details: By phone}
    """
    for call in calls(subject):
        if call.signature is None:
            continue
        known = call.signature.parameters
        for name in call.arguments:
            if name not in known:
                near = subject.similar(name, known)
                listed = ", ".join(f"`{each}`" for each in known)
                advice = f"it takes {listed}" if known else "it takes no arguments"
                place = Location((*call.path, call.place, name), "key")
                yield Finding(
                    f"`{call.signature.name}` takes no argument `{name}`",
                    place,
                    help=(f"a similar argument exists: `{near}`" if near else advice,),
                    fixes=renamed(place, near),
                )
