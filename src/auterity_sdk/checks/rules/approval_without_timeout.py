"""The rule `approval-without-timeout`."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.workflow.step import ApproveStep, UsesStep


@rule("AUT607", Severity.WARNING)
def approval_without_timeout(subject: Subject) -> Found:
    """An `approve` waits without end.

    ## What it checks

    That every `approve` has a `timeout`, and so has every `budget` with `when_over: pause`.

    ## Why it matters

    A manager on holiday leaves the run waiting for ever.

    ## Example

        auterity: 1
        name: demo
        steps:
          ask:
            approve: {role: manager}
        ends: {yes: ask.approved, no: ask.rejected}

    ## Instead

        auterity: 1
        name: demo
        steps:
          ask:
            approve: {role: manager, timeout: 2d, default: rejected}
        ends: {yes: ask.approved, no: ask.rejected}
    """
    yield from _budgets(subject)
    for node in subject.nodes():
        if isinstance(node.step, ApproveStep) and node.step.approve.timeout is None:
            yield Finding(
                f"the step `{node.id}` may wait for ever",
                Location((*node.path, "approve"), "key"),
                help=("add a `timeout`, and a `default` or an edge from its `timeout`",),
            )


def _budgets(subject: Subject) -> Iterator[Finding]:
    own = subject.workflow.budget if subject.workflow is not None else None
    steps = ((node.path, node.step) for node in subject.asking)
    found = [(path, step.budget) for path, step in steps if isinstance(step, UsesStep)]
    for path, budget in [((), own), *found]:
        if budget is not None and budget.when_over == "pause" and budget.timeout is None:
            yield Finding(
                "a step may wait for ever for a word on its budget",
                Location((*path, "budget"), "key"),
                help=("add a `timeout` to the budget: the step ends `over_budget` then",),
            )
