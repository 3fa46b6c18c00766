"""The rule `worst-case-over-budget`."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.checks.cost.money import shown
from auterity_sdk.checks.cost.most import Measure, Most
from auterity_sdk.checks.cost.worst_case import asked_by_itself
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.workflow.budget import Budget


@rule("AUT611", Severity.WARNING)
def worst_case_over_budget(subject: Subject) -> Found:
    """A single run may need more than the workflow's `budget`.

    ## What it checks

    That the dearest way through the workflow takes no more than its `budget`: each loop as often and each step as many
    times as `retry` lets it, with the longest question and answer that each call may have. Of the cases of a `switch`
    only the dearest counts. Money is by the prices of the connections. What the runs of a `call` take is theirs.

    ## Why it matters

    At the budget's end the rest of the run is left undone, or waits for a person, or the budget does not hold.

    ## Example

        auterity: 1
        name: demo
        input: {messages: {type: array, items: string, maxItems: 20}}
        budget: {tokens: 500000}
        steps:
          read:
            for_each:
              in: input.messages
              steps:
                intent:
                  uses: ai.summarize
                  with: {text: "${item}"}
                  timeout: 1m
                person:
                  needs: {any: [intent.invalid, intent.refused, intent.over_budget, intent.failed]}
                  uses: task.assign
                  with: {role: bdc, due: 15m, title: Read a message}

    ## Instead

        auterity: 1
        name: demo
        input: {messages: {type: array, items: string, maxItems: 5}}
        budget: {tokens: 500000}
        steps:
          read:
            for_each:
              in: input.messages
              steps:
                intent:
                  uses: ai.summarize
                  with: {text: "${item}"}
                  timeout: 1m
                person:
                  needs: {any: [intent.invalid, intent.refused, intent.over_budget, intent.failed]}
                  uses: task.assign
                  with: {role: bdc, due: 15m, title: Read a message}
    """
    workflow, graph = subject.workflow, subject.graph
    if workflow is None or graph is None or workflow.budget is None:
        return
    if not subject.complete or not subject.asking:
        return
    for measure, key, limit in _bounds(workflow.budget):
        most = asked_by_itself(workflow, graph, subject.catalog, measure, subject.feasible_by_path)
        if most.amount > limit or most.unbounded:
            yield _finding(most, measure, key, limit, workflow.budget.per)


def _bounds(budget: Budget) -> Iterator[tuple[Measure, str, int]]:
    bound = budget.bound("workflow", budget.per)
    if bound.nano is not None:
        yield "nano", "usd", bound.nano
    if bound.tokens is not None:
        yield "tokens", "tokens", bound.tokens


def _finding(most: Most, measure: Measure, key: str, limit: int, per: str) -> Finding:
    place = Location(("budget", key))
    budget = f"its budget is {shown(limit, measure)} a {per}"
    if most.unbounded:
        return Finding(
            f"nothing bounds what this workflow asks in a run, and {budget}",
            place,
            tuple(Location(each.at.path, label=each.why) for each in most.unbounded),
            help=(
                "bound what is named: `maxItems` of the list, `max` of the `repeat`, a known price",
            ),
        )
    verb = "take" if measure == "tokens" else "cost"
    return Finding(
        f"this workflow can {verb} up to {shown(most.amount, measure)} a run, and {budget}",
        place,
        help=(
            f"raise it to {shown(most.amount, measure)}, or ask less: fewer items, rounds or `attempts`",
            "`max_tokens` of a step bounds an answer, `max_input_tokens` of a connection a question",
        ),
        trace=most.way,
    )
