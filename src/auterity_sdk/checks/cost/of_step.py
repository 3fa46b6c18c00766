"""What a step that asks a language model takes at the most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auterity_sdk.checks.cost.list_length import ListLengths
from auterity_sdk.checks.cost.money import shown
from auterity_sdk.checks.cost.most import NOTHING, Measure, Most, without_bound
from auterity_sdk.diagnostics import Location, Path
from auterity_sdk.errors import ConfigurationError
from auterity_sdk.expression.templates import Template, parse_template
from auterity_sdk.workflow.budget import Asked, CallCost, StepBudget
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.signature import Asking, Catalog, Signature
from auterity_sdk.workflow.step import Compensation, Retry, UsesStep

_SAY_WHO = ("connection", "model", "max_tokens")


class StepCosts:
    """Of the steps of one workflow, in one measure."""

    def __init__(self, catalog: Catalog, lengths: ListLengths, measure: Measure) -> None:
        self._catalog = catalog
        self._lengths = lengths
        self._measure = measure

    def of(self, node: Node, graphs: Sequence[Graph]) -> tuple[Most, ...]:
        """What a `uses` step takes, and what undoes it."""
        step = node.step
        if not isinstance(step, UsesStep):
            return ()
        made = self._of_uses(node.id, step, node.signature, node.path, graphs)
        bounded = made.at_most(limit_of(step.budget, self._measure))
        if bounded is not made:
            label = f"`{node.id}` asks up to its budget: {shown(bounded.amount, self._measure)}"
            place = Location((*node.path, "budget"), label=label)
            bounded = Most(bounded.amount, way=(place,))
        if step.compensate is None:
            return (bounded,)
        return bounded, self.of_undo(node.id, step.compensate, node.path, graphs)

    def of_undo(self, name: str, undo: Compensation, path: Path, graphs: Sequence[Graph]) -> Most:
        """What undoes a step takes; its own budget does not count."""
        signature = self._catalog.signature(undo.uses)
        return self._of_uses(f"undo {name}", undo, signature, (*path, "compensate"), graphs)

    def call(self, node: Node, graphs: Sequence[Graph]) -> CallCost | None:
        """What one call of a step takes; None where that is not known, or it asks no model."""
        step, signature = node.step, node.signature
        if not isinstance(step, UsesStep) or signature is None or signature.asks is None:
            return None
        found = self._call(step.with_, signature.asks, node.path, graphs)
        return found if isinstance(found, CallCost) else None

    def _of_uses(
        self,
        name: str,
        step: UsesStep | Compensation,
        signature: Signature | None,
        path: Path,
        graphs: Sequence[Graph],
    ) -> Most:
        if signature is None or not signature.asks_models:
            return NOTHING
        asks = signature.asks or Asking(1, 0)
        cost = self._call(step.with_, asks, path, graphs)
        if isinstance(cost, Most):
            return cost
        each = cost.tokens if self._measure == "tokens" else cost.nano
        if each == 0:
            return NOTHING
        if signature.asks is None:
            return without_bound((*path, "uses"), f"`{step.uses}` does not say how much it asks")
        if cost.loose:
            return without_bound((*path, "uses"), cost.loose)
        if each is None:
            why = f"the price of the model `{cost.model}` is not known"
            return without_bound((*path, "uses"), why)
        times = asks.requests * _attempts(step.retry)
        label = f"`{name}` asks up to {times} times: {shown(each * times, self._measure)}"
        return Most(each * times, (), (Location((*path, "uses"), label=label),))

    def _call(
        self, written: Mapping[str, Any], asks: Asking, path: Path, graphs: Sequence[Graph]
    ) -> CallCost | Most:
        for name in _SAY_WHO:
            if _is_template(written.get(name)):
                return without_bound((*path, "with", name), f"`{name}` is known only in a run")
        pictures = self._pictures(written.get("pictures"), graphs)
        if pictures is None:
            place = (*path, "with", "pictures")
            return without_bound(place, "it may be given any number of pictures")
        most = written.get("max_tokens")
        longest = most if isinstance(most, int) else asks.longest_answer
        connection, model = written.get("connection"), str(written.get("model") or "")
        try:
            return self._catalog.call_cost(Asked(connection, model, longest, pictures))
        except ConfigurationError as error:
            return without_bound((*path, "uses"), error.message)

    def _pictures(self, written: Any, graphs: Sequence[Graph]) -> int | None:
        if isinstance(written, list):
            return len(written)
        if not isinstance(written, str):
            return 0
        parsed = parse_template(written)
        alone = parsed.alone if isinstance(parsed, Template) else None
        return None if alone is None else self._lengths.longest(alone.expression, graphs)


def limit_of(budget: StepBudget | None, measure: Measure) -> int | None:
    """What a budget lets pass in one run; None where it does not stop calls."""
    if budget is None or budget.when_over != "stop":
        return None
    bound = budget.bound("step")
    return bound.tokens if measure == "tokens" else bound.nano


def _attempts(retry: Retry | None) -> int:
    return 1 if retry is None else retry.attempts


def _is_template(value: Any) -> bool:
    return isinstance(value, str) and "${" in value
