"""How to reach what is not covered: which steps have to end how, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from auterity_sdk.checks.soundness.model import Model
from auterity_sdk.checks.soundness.ways import Aim, Choices, ways
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Path
from auterity_sdk.testing.coverage.elements import RETRIED, UNDONE, Element
from auterity_sdk.workflow.graph import Graph
from auterity_sdk.workflow.signature import OK

_THEN = {
    RETRIED: "then an attempt fails with an error that may be retried",
    UNDONE: "then the run fails or is cancelled",
}


class Suggestion(Struct, frozen=True):
    """The choices that lead to an element, `then` what has to happen there; `choices` None: no run comes there."""

    choices: Choices | None
    then: str = ""


def suggestions(subject: Subject, missing: Iterable[Element]) -> Mapping[Element, Suggestion]:
    """For each element that was decided; those of a graph that is too large are left out."""
    models = {each.model.graph.path: each.model for each in subject.soundness.verdicts}
    graphs = {} if subject.graph is None else dict(_graphs(subject.graph, ""))
    by_graph: dict[str, list[Element]] = {}
    for element in missing:
        by_graph.setdefault(element.graph, []).append(element)
    found: dict[Element, Suggestion] = {}
    for prefix, inside in by_graph.items():
        model = models.get(graphs[prefix])
        around = _to_the_graph(prefix, graphs, models)
        if model is None or around is None:
            continue
        aims = {element: _aim(element, model) for element in inside}
        reached = ways(model, aims.values())
        for element, aim in aims.items():
            if aim in reached:
                found[element] = _suggestion(element, reached[aim], prefix, around)
    return found


def _suggestion(
    element: Element, choices: Choices | None, prefix: str, around: Choices
) -> Suggestion:
    if choices is None:
        return Suggestion(None)
    named = tuple((prefix + step, outcome) for step, outcome in choices)
    return Suggestion((*around, *named), _THEN.get(element.outcome, ""))


def _aim(element: Element, model: Model) -> Aim:
    step = element.step.removeprefix(element.graph)
    if element.outcome == RETRIED:
        return Aim(step)
    if element.outcome == UNDONE:
        outcomes = model.steps[step].node.outcomes or (OK,)
        return Aim(step, outcomes[0])
    return Aim(step, element.outcome, element.target, element.is_end)


def _to_the_graph(
    prefix: str, graphs: Mapping[str, Path], models: Mapping[Path, Model]
) -> Choices | None:
    """The choices by which the loops around a body come to start; None where that is not known."""
    choices: Choices = ()
    outer = ""
    for loop in prefix.split("/")[:-1]:
        model = models.get(graphs[outer])
        found = ways(model, [Aim(loop)]) if model is not None else {}
        way = found.get(Aim(loop))
        if way is None:
            return None
        choices += tuple((outer + step, outcome) for step, outcome in way)
        outer += f"{loop}/"
    return choices


def _graphs(graph: Graph, prefix: str) -> Iterable[tuple[str, Path]]:
    yield prefix, graph.path
    for node in graph.nodes.values():
        if node.body is not None:
            yield from _graphs(node.body, f"{prefix}{node.id}/")
