"""The rule `missing-argument`."""

from __future__ import annotations

from auterity_sdk.checks.calls import calls
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location


@rule("AUT505")
def missing_argument(subject: Subject) -> Found:
    """An argument that is needed is missing.

    ## What it checks

    That `with` gives every argument without a default, and the `input` of a schedule every input without one.

    ## Why it matters

    The step would fail as soon as it is started.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: Call back}
    """
    for call in calls(subject):
        if call.signature is None:
            continue
        missing = [
            name
            for name, parameter in call.signature.parameters.items()
            if parameter.required and name not in call.arguments
        ]
        if missing:
            listed = ", ".join(f"`{name}`" for name in missing)
            what = "the argument" if len(missing) == 1 else "the arguments"
            yield Finding(
                f"`{call.signature.name}` needs {what} {listed}",
                Location(
                    (*call.path, call.place) if call.arguments else (*call.path, call.key), "key"
                ),
                help=(f"add {', '.join(f'`{name}: …`' for name in missing)} to `{call.place}`",),
            )
