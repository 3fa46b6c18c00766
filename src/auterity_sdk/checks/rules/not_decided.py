"""The rule `not-decided`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity


@rule("AUT333", Severity.WARNING)
def not_decided(subject: Subject) -> Found:
    """It could not be decided whether every run ends as it should.

    ## What it checks

    Soundness is decided exactly, within bounds: so many contradictions of a search, and where joins cancel
    the rest, so many moments of runs. This is said where a bound is met.

    ## Why it matters

    No finding of `AUT310`, `AUT330`, `AUT331`, `AUT332` or `AUT406` then means nothing.

    ## Example

        auterity: 1
        name: demo
        steps:
          a: {uses: task.assign, with: {role: a, due: 1h, title: A}}
          b: {uses: task.assign, with: {role: a, due: 1h, title: B}}
          c: {uses: task.assign, with: {role: a, due: 1h, title: C}}
          d: {uses: task.assign, with: {role: a, due: 1h, title: D}}
          e: {uses: task.assign, with: {role: a, due: 1h, title: E}}
          f: {uses: task.assign, with: {role: a, due: 1h, title: F}}
          g: {uses: task.assign, with: {role: a, due: 1h, title: G}}
          h: {uses: task.assign, with: {role: a, due: 1h, title: H}}
          i: {uses: task.assign, with: {role: a, due: 1h, title: I}}
          last:
            needs:
              at_least: 9
              of: [a.ok, b.ok, c.ok, d.ok, e.ok, f.ok, g.ok, h.ok, i.ok, a.failed, b.failed, c.failed, d.failed,
                   e.failed, f.failed, g.failed, h.failed, i.failed]
              cancel_rest: true
            wait: 1m

    ## Instead

        auterity: 1
        name: demo
        steps:
          a: {uses: task.assign, with: {role: a, due: 1h, title: A}}
          b: {uses: task.assign, with: {role: a, due: 1h, title: B}}
          last: {needs: {first: [a, b], cancel_rest: true}, wait: 1m}
    """
    for verdict in subject.soundness.verdicts:
        if verdict.decision.undecided:
            path = verdict.model.graph.path
            yield Finding(
                f"not decided whether every run ends as it should: {verdict.decision.undecided}",
                Location((*path, "steps"), "key"),
                help=(
                    "put the steps around a join with `cancel_rest` into a workflow of their own",
                ),
            )
