"""The rule `budget-below-one-call`."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.checks.cost.list_length import ListLengths
from auterity_sdk.checks.cost.money import shown
from auterity_sdk.checks.cost.most import Measure
from auterity_sdk.checks.cost.of_step import StepCosts, limit_of
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.budget import StepBudget
from auterity_sdk.workflow.graph import Node
from auterity_sdk.workflow.step import UsesStep

_MEASURES: tuple[tuple[Measure, str], ...] = (("nano", "usd"), ("tokens", "tokens"))


@rule("AUT612")
def budget_below_one_call(subject: Subject) -> Found:
    """A step's `budget` does not pay for a single call.

    ## What it checks

    That what a step may take is enough for the longest answer to one question. That much is set aside before a model
    is called, of each connection of a fallback chain; money is by the prices of the connections.

    ## Why it matters

    Such a step never asks: it always ends `over_budget`.

    ## Example

        auterity: 1
        name: demo
        input: {message: string}
        steps:
          intent:
            uses: ai.classify
            with: {text: "${input.message}", labels: [price, service]}
            budget: {tokens: 150}
            timeout: 1m
          person:
            needs: {any: [intent.invalid, intent.refused, intent.over_budget, intent.failed]}
            uses: task.assign
            with: {role: bdc, due: 15m, title: Read a message}
        ends: {told: intent, person: person}

    ## Instead

        auterity: 1
        name: demo
        input: {message: string}
        steps:
          intent:
            uses: ai.classify
            with: {text: "${input.message}", labels: [price, service], max_tokens: 50}
            budget: {tokens: 5000}
            timeout: 1m
          person:
            needs: {any: [intent.invalid, intent.refused, intent.over_budget, intent.failed]}
            uses: task.assign
            with: {role: bdc, due: 15m, title: Read a message}
        ends: {told: intent, person: person}
    """
    if subject.workflow is None or not subject.complete:
        return
    budgeted = tuple(_budgeted(subject))
    if not budgeted:
        return
    steps = StepCosts(subject.catalog, ListLengths(subject.workflow, subject.catalog), "tokens")
    for node, budget in budgeted:
        cost = steps.call(node, ())
        if cost is None:
            continue
        for measure, key in _MEASURES:
            least = cost.answer_tokens if measure == "tokens" else cost.answer_nano
            limit = limit_of(budget, measure)
            if least is not None and limit is not None and least > limit:
                yield _finding(node, measure, key, least, limit)


def _budgeted(subject: Subject) -> Iterator[tuple[Node, StepBudget]]:
    for node in subject.asking:
        if isinstance(node.step, UsesStep) and node.step.budget is not None:
            yield node, node.step.budget


def _finding(node: Node, measure: Measure, key: str, least: int, limit: int) -> Finding:
    return Finding(
        f"`{node.id}` can never ask: an answer takes up to {shown(least, measure)},"
        f" and its budget is {shown(limit, measure)}",
        Location((*node.path, "budget", key)),
        help=("raise the budget, or lower `max_tokens` of the step",),
    )
