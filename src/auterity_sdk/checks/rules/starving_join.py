"""The rule `starving-join`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.soundness.account import Account
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity


@rule("AUT331", Severity.WARNING)
def starving_join(subject: Subject) -> Found:
    """A step waits for several others, and what one of them did may come to nothing.

    ## What it checks

    In a workflow without `ends`, and in bodies: that no step is left out because a part of its `needs` is
    not met, while another part is and nothing else takes that up. Where there are `ends`, they say how each
    run may end.

    ## Why it matters

    The run ends as if all were well, and the work that was done leads nowhere.

    ## Example

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          pause: {wait: 1h}
          route:
            switch:
              hot: input.score >= 80
              cold: else
          call: {needs: [pause, route.hot], wait: 5m}
          mail: {needs: route.cold, wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
          pause: {needs: route.hot, wait: 1h}
          call: {needs: pause, wait: 5m}
          mail: {needs: route.cold, wait: 1h}
    """
    for verdict, fault, run in subject.soundness.of_kind("starved"):
        if ("step", fault.step) not in verdict.decision.never:
            account = Account(verdict.model, run, fault)
            arrived = ", ".join(f"`{edge}`" for edge in account.arrived)
            yield Finding(
                f"`{fault.step}` may wait in vain: {arrived} is met, and nothing else takes it up",
                Location((*verdict.model.steps[fault.step].node.path, "needs"), "key"),
                account.places(),
                notes=(account.note(f"`{fault.step}` is not reached"),),
                help=(
                    "let it start only where the other is sure, or name the ways to end in `ends`",
                ),
            )
