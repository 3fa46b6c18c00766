"""The rule `unknown-step-type`."""

from __future__ import annotations

from collections.abc import Sequence

from auterity_sdk.checks.calls import calls
from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location


@rule("AUT501")
def unknown_step_type(subject: Subject) -> Found:
    """A step type is not known.

    ## What it checks

    That `uses` and `compensate.uses` name a registered step type.

    ## Why it matters

    Nobody could carry the step out.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet:
            uses: taks.assign
            with: {role: sales, due: 5m, title: Call back}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: Call back}
    """
    for call in calls(subject):
        if call.signature is None and call.uses:
            known = sorted(subject.catalog.step_type_names())
            near = subject.similar(call.uses, known)
            place = Location((*call.path, "uses"))
            yield Finding(
                f"there is no step type `{call.uses}`",
                place,
                help=_help(call.uses, known, near),
                fixes=renamed(place, near),
            )


def _help(name: str, known: Sequence[str], near: str | None) -> tuple[str, ...]:
    if near:
        return (f"a step type with a similar name exists: `{near}`",)
    group = [each for each in known if each.partition(".")[0] == name.partition(".")[0]]
    if group:
        return (f"this group has {', '.join(f'`{each}`' for each in group)}",)
    return ("register your own with `@step`, and name its module in `auterity.toml`",)
