"""The rule `no-end`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.soundness.account import Account
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location


@rule("AUT330")
def no_end(subject: Subject) -> Found:
    """A run may come to an end that nobody has named.

    ## What it checks

    That every run on which no failure is left unhandled meets one of the workflow's `ends`. The note shows a
    run on which all steps are settled and none is met.

    ## Why it matters

    Such a run fails with `no_end`, after all its work is done.

    ## Example

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
          call: {needs: route.hot, wait: 5m}
          mail: {needs: route.cold, wait: 1h}
        ends:
          called: call

    ## Instead

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
          call: {needs: route.hot, wait: 5m}
          mail: {needs: route.cold, wait: 1h}
        ends:
          called: call
          mailed: mail
    """
    for verdict, fault, run in subject.soundness.of_kind("no_end"):
        account = Account(verdict.model, run, fault)
        yield Finding(
            "a run may end without meeting any of its `ends`",
            Location(("ends",), "key"),
            account.places(),
            notes=(account.note("all steps are settled, and no end is met"),),
            help=("name this way to end in `ends`, or let a step that leads to an end need it",),
        )
