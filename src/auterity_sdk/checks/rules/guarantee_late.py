"""The rule `guarantee-late`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity


@rule("AUT343", Severity.WARNING)
def guarantee_late(subject: Subject) -> Found:
    """What has to happen within a time may take longer.

    ## What it checks

    The longest durations on the way from the one to the other: waits, timeouts, and attempts with the pauses
    between them. What has no `timeout` may take any time.

    ## Why it matters

    The limit is kept as long as everybody is quick, and nothing in the workflow makes them. Each run is watched: a breach
    is recorded, and a `watch` step can act on it.

    ## Example

        auterity: 1
        name: demo
        steps:
          ask: {approve: {role: manager, timeout: 4h}}
          pay: {needs: ask.approved, wait: 1h}
          tell: {needs: {one: [ask.rejected, ask.timeout]}, wait: 1m}
        ends: {paid: pay, told: tell}
        guarantees:
          - pay.ok within 2h of start

    ## Instead

        auterity: 1
        name: demo
        steps:
          ask: {approve: {role: manager, timeout: 2h}}
          pay: {needs: ask.approved, wait: 1h}
          tell: {needs: {one: [ask.rejected, ask.timeout]}, wait: 1m}
        ends: {paid: pay, told: tell}
    """
    for verdict in subject.guarantees:
        if verdict.kind == "late":
            yield Finding(
                f"the guarantee may be broken: {verdict.message}",
                Location(("guarantees", verdict.index)),
                verdict.trace,
                notes=(verdict.note,) if verdict.note else (),
                help=("bound the steps on the way by a shorter `timeout`, or allow more time",),
                trace=verdict.trace,
            )
