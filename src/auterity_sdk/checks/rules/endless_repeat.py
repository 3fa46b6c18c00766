"""The rule `endless-repeat`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location


@rule("AUT334")
def endless_repeat(subject: Subject) -> Found:
    """A `repeat` without `max` waits for what can never be.

    ## What it checks

    That the `until` of a `repeat` without `max` is true after some round. Whether it becomes true in the end
    nobody can know: that is `AUT312`.

    ## Why it matters

    The run goes on for ever.

    ## Example

        auterity: 1
        name: demo
        steps:
          nudge:
            repeat:
              until: outcome.reply == 'answered'
              steps:
                reply: {receive: {event: sms.received, timeout: 1d}}

    ## Instead

        auterity: 1
        name: demo
        steps:
          nudge:
            repeat:
              until: outcome.reply == 'received'
              max: 3
              steps:
                reply: {receive: {event: sms.received, timeout: 1d}}
          call: {needs: nudge.exhausted, wait: 1m}
    """
    for verdict in subject.soundness.verdicts:
        if ("until", "") in verdict.decision.never:
            yield Finding(
                "the `repeat` can never end: no round makes its `until` true",
                Location((*verdict.model.graph.path, "until")),
                help=(
                    "compare with an outcome in which a step of the body can end, or give a `max`",
                ),
            )
