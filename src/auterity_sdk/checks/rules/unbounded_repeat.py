"""The rule `unbounded-repeat`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.workflow.step import RepeatStep


@rule("AUT312", Severity.WARNING)
def unbounded_repeat(subject: Subject) -> Found:
    """A `repeat` has no `max`.

    ## What it checks

    That every `repeat` bounds its rounds.

    ## Why it matters

    A condition that never comes true keeps the run going for ever.

    ## Example

        auterity: 1
        name: demo
        steps:
          nudge:
            repeat:
              until: index >= 3
              every: 1d
              steps:
                pause: {wait: 1h}
        ends: {ok: nudge.ok, tired: nudge.exhausted}

    ## Instead

        auterity: 1
        name: demo
        steps:
          nudge:
            repeat:
              max: 5
              until: index >= 3
              every: 1d
              steps:
                pause: {wait: 1h}
        ends: {ok: nudge.ok, tired: nudge.exhausted}
    """
    for node in subject.nodes():
        if isinstance(node.step, RepeatStep) and node.step.repeat.max is None:
            yield Finding(
                f"the `repeat` of `{node.id}` has no bound",
                Location((*node.path, "repeat"), "key"),
                help=("add `max`, and say by `exhausted` what happens then",),
            )
