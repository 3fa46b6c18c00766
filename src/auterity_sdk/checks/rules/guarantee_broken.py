"""The rule `guarantee-broken`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location


@rule("AUT342")
def guarantee_broken(subject: Subject) -> Found:
    """A run can break a guarantee.

    ## What it checks

    Every run that the graph allows, in every order in which steps may end: `only after`, `never after` and
    `at most` have to hold on each of them, the others on those that end well; and that a limit of `within` can
    be kept at all, with the shortest durations. The finding shows a run that breaks the guarantee.

    ## Why it matters

    Whoever wrote the guarantee relies on it, and the graph does not keep it.

    ## Example

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          ask: {approve: {role: manager, timeout: 1d, default: rejected}}
          call:
            uses: task.assign
            with: {role: sales, due: 1h, title: Call}
        ends: {called: [call, ask.approved], refused: [call, ask.rejected]}
        output: {lead: "${input.lead}"}
        guarantees:
          - call only after ask.approved

    ## Instead

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          ask: {approve: {role: manager, timeout: 1d, default: rejected}}
          call:
            needs: ask.approved
            uses: task.assign
            with: {role: sales, due: 1h, title: Call}
        ends: {called: call, refused: ask.rejected}
        output: {lead: "${input.lead}"}
        guarantees:
          - call only after ask.approved
    """
    for verdict in subject.guarantees:
        if verdict.kind == "refuted":
            yield Finding(
                f"the guarantee can be broken: {verdict.message}",
                Location(("guarantees", verdict.index)),
                verdict.trace,
                notes=(verdict.note,) if verdict.note else (),
                help=(verdict.help or "change the graph, or the guarantee",),
                trace=verdict.trace,
            )
