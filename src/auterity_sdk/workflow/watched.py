"""What is watched while a workflow runs: each `within`, of a guarantee or of a `watch`, in the graph of which it speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from auterity_sdk.errors import InvalidWorkflow
from auterity_sdk.workflow.graph import Graph
from auterity_sdk.workflow.guarantee import Name, Names, Within, names_of, parse_guarantee
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.step import WatchStep

StepPath = tuple[str, ...]
"""The ids that lead to a step, from the outermost: `("each", "ask")`."""


class Watched(Struct, frozen=True):
    """A `within` and the loops that lead to its graph. `label` names it in the journal; `step` is the `watch` that says it.

    `counted`: for each name of `within.since` the places of those events that do not come before it in any case.
    """

    label: str
    place: StepPath
    within: Within
    counted: tuple[tuple[int, ...], ...]
    step: str = ""


def watched_of(workflow: Workflow, graph: Graph) -> Iterator[Watched]:
    """All that is watched, each sentence once. Raises `InvalidWorkflow` for a name that is no step."""
    for text in dict.fromkeys(workflow.guarantees):
        guarantee = parse_guarantee(text)
        if isinstance(guarantee, Within):
            place = innermost([name.steps for name in names_of(guarantee) if name.steps])
            yield _watched(text, place, guarantee, graph)
    for inner in graph.walk():
        for node in inner.nodes.values():
            if isinstance(node.step, WatchStep):
                yield _said_by(node.step, node.id, loops_to(inner), graph)


def _said_by(step: WatchStep, id: str, place: StepPath, graph: Graph) -> Watched:
    path = "/".join((*place, id))
    said = within_of(step)
    if said is None:
        raise InvalidWorkflow(
            f"`{path}` does not say what is to happen within which time",
            help="`auterity validate` shows the place",
        )
    return replace(_watched(path, place, _inside(said, place), graph), step=id)


def counted_by(step: WatchStep, graph: Graph) -> tuple[Names, ...]:
    """For each name with which a `watch` of this graph may begin, those that keep it. All of its names are known."""
    said = within_of(step)
    if said is None:
        return ()
    return tuple(tuple(said.event[at] for at in each) for each in _all_counted(said, graph, 0))


def within_of(step: WatchStep) -> Within | None:
    """What a `watch` says, in the names of its own graph; None where that is no `within`."""
    said = parse_guarantee(step.watch)
    return said if isinstance(said, Within) else None


def watched_steps(step: WatchStep) -> Iterator[str]:
    """The steps of its own graph at which a `watch` looks."""
    said = within_of(step)
    if said is not None:
        yield from dict.fromkeys(name.steps[0] for name in names_of(said) if name.steps)


def _inside(within: Within, place: StepPath) -> Within:
    """The same with the paths of steps from the outermost graph."""
    names = [
        tuple(replace(name, steps=(*place, *name.steps)) if name.steps else name for name in each)
        for each in (within.event, within.since)
    ]
    return Within(names[0], within.limit, names[1])


def loops_to(graph: Graph) -> StepPath:
    """The ids of the loops that lead to a graph; none for the workflow's own."""
    path = graph.path
    return tuple(
        str(path[at + 1]) for at, part in enumerate(path) if at % 3 == 0 and part == "steps"
    )


def innermost(paths: Sequence[StepPath]) -> StepPath:
    """The loops that lead to the innermost graph which holds all of these steps, in itself or in bodies of its steps."""
    depth = 0
    while paths and all(len(p) > depth + 1 and p[depth] == paths[0][depth] for p in paths):
        depth += 1
    return paths[0][:depth] if paths else ()


def _watched(label: str, place: StepPath, within: Within, graph: Graph) -> Watched:
    for name in names_of(within):
        _known(name, graph, label)
    for step in place:
        graph = graph.nodes[step].body or graph
    return Watched(label, place, within, _all_counted(within, graph, len(place)))


def _all_counted(within: Within, graph: Graph, depth: int) -> tuple[tuple[int, ...], ...]:
    before = {
        name.steps[depth]: _causes(graph, name.steps[depth]) for name in within.since if name.steps
    }
    return tuple(_counted(within.event, each, before, depth) for each in within.since)


def _known(name: Name, graph: Graph, text: str) -> None:
    inner: Graph | None = graph
    for step in name.steps:
        if inner is None or step not in inner.nodes:
            raise InvalidWorkflow(
                f"`{name}` in the guarantee `{text}` is no step",
                help="`auterity validate` shows the place",
            )
        inner = inner.nodes[step].body


def _causes(graph: Graph, step: str) -> frozenset[str]:
    """The steps that a step waits for, directly or not."""
    found: set[str] = set()
    waiting = [step]
    while waiting:
        for before in graph.nodes[waiting.pop()].follows():
            if before in graph.nodes and before not in found:
                found.add(before)
                waiting.append(before)
    return frozenset(found - {step})


def _counted(
    events: Names, since: Name, before: Mapping[str, frozenset[str]], depth: int
) -> tuple[int, ...]:
    if not since.steps:
        return tuple(range(len(events)))
    return tuple(
        place
        for place, event in enumerate(events)
        if not _leads_to(event, since, before[since.steps[depth]], depth)
    )


def _leads_to(event: Name, since: Name, causes: frozenset[str], depth: int) -> bool:
    """The graph itself puts the event before what begins the watch."""
    if not event.steps:
        return True
    if event.steps[depth] != since.steps[depth]:
        return event.steps[depth] in causes
    if len(event.steps) > depth + 1 or len(since.steps) > depth + 1:
        inside = len(event.steps) > depth + 1 and len(since.steps) > depth + 1
        return event.outcome is None and len(event.steps) == depth + 1 and not inside
    return event.outcome is None and since.outcome is not None
