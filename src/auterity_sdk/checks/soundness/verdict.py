"""The soundness of a workflow: of its graph, and of each body as a graph of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from auterity_sdk.checks.facts.expressions import Typed
from auterity_sdk.checks.soundness import readings
from auterity_sdk.checks.soundness.decide import decide_orderly
from auterity_sdk.checks.soundness.decision import Decision, Run
from auterity_sdk.checks.soundness.explore import decide_in_every_order
from auterity_sdk.checks.soundness.faults import Fault, Kind
from auterity_sdk.checks.soundness.model import Model, model_of
from auterity_sdk.diagnostics import Path
from auterity_sdk.expression.narrow import Paths
from auterity_sdk.workflow.graph import Graph, Node


class Verdict(Struct, frozen=True):
    """What was decided of one graph."""

    model: Model
    decision: Decision


class Soundness(Struct, frozen=True):
    """What was decided of a workflow."""

    verdicts: tuple[Verdict, ...] = ()

    def of_kind(self, *kinds: Kind) -> Iterator[tuple[Verdict, Fault, Run]]:
        """The faults of these kinds, each with a counter-example."""
        for verdict in self.verdicts:
            for found in (verdict.decision.faults, verdict.decision.also):
                for fault, run in found.items():
                    if fault.kind in kinds:
                        yield verdict, fault, run

    def never(self, path: Path, outcome: str) -> bool:
        """The step at the path surely never ends in an outcome that nothing names."""
        place = ("outcome", f"{path[-1]}.{outcome}")
        return any(
            place in verdict.decision.never and path[:-2] == verdict.model.graph.path
            for verdict in self.verdicts
            if verdict.decision.never
        )


def verdicts(
    graphs: Sequence[Graph],
    expressions: Sequence[Typed],
    named: Mapping[Path, frozenset[str]],
    known: Mapping[Path, Paths],
) -> Iterator[Verdict]:
    """Of each graph that could be read whole, outer first.

    `named` are the outcomes that something names, `known` the values that are surely there, both by step.
    """
    inside: dict[Path, list[Typed]] = {}
    for expression in expressions:
        inside.setdefault(expression.graphs[0].path, []).append(expression)
    around = _around(graphs)
    for graph in graphs:
        model = model_of(graph, named, around.get(graph.path))
        if model is not None:
            texts = inside.get(graph.path, [])
            read = [*readings.of_steps(graph, known), *readings.at_the_end(graph, texts)]
            decide = decide_orderly if model.orderly else decide_in_every_order
            decision = decide(model, read, readings.looked_at(graph, texts))
            yield Verdict(model, decision)


def _around(graphs: Sequence[Graph]) -> Mapping[Path, Node]:
    """The step around each body."""
    nodes = (node for graph in graphs for node in graph.nodes.values())
    return {node.body.path: node for node in nodes if node.body is not None}
