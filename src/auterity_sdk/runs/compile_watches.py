"""Compiles the watches of `within` into those of each graph, and the sights of the steps for which they look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from auterity_sdk.runs.plan import (
    UNWATCHED,
    ForEach,
    Repeat,
    Seen,
    Sight,
    StepPlan,
    Watches,
    WatchPlan,
)
from auterity_sdk.workflow.guarantee import Name
from auterity_sdk.workflow.watched import StepPath, Watched


class WatchCompiler:
    """Of one workflow; the plans of bodies are made before those of the graphs around them."""

    def __init__(self, watched: Iterable[Watched]) -> None:
        self._of_graph: dict[StepPath, list[Watched]] = {}
        self._sights: dict[StepPath, list[Sight]] = {}
        for each in watched:
            here = self._of_graph.setdefault(each.place, [])
            self._note(each, len(here))
            here.append(each)

    @property
    def any(self) -> bool:
        """Something is watched."""
        return bool(self._of_graph)

    def of(self, graph: StepPath, index: Mapping[str, int], steps: Sequence[StepPlan]) -> Watches:
        """The watches of the graph to which these loops lead."""
        if not self._of_graph:
            return UNWATCHED
        made = tuple(_watch(each, index, steps) for each in self._of_graph.get(graph, ()))
        sights = {
            place: tuple(found)
            for name, place in index.items()
            if (found := self._sights.get((*graph, name)))
        }
        around: dict[int, dict[int, None]] = {}
        for number, watch in enumerate(made):
            for seen in (*watch.events, *watch.since):
                if seen.path:
                    around.setdefault(seen.path[0], {})[number] = None
        numbers = {watch.guarantee: number for number, watch in enumerate(made)}
        return Watches(made, sights, {at: tuple(them) for at, them in around.items()}, numbers)

    def _note(self, watched: Watched, number: int) -> None:
        for name, since, place in _names(watched):
            if name.steps:
                up = len(name.steps) - 1 - len(watched.place)
                sight = Sight(number, up, since, place, name.outcome)
                self._sights.setdefault(name.steps, []).append(sight)


def _names(watched: Watched) -> Iterator[tuple[Name, bool, int]]:
    """What has begun to be watched is looked for first: it may happen together with what is awaited."""
    for place, name in enumerate(watched.within.since):
        yield name, True, place
    for place, name in enumerate(watched.within.event):
        yield name, False, place


def _watch(watched: Watched, index: Mapping[str, int], steps: Sequence[StepPlan]) -> WatchPlan:
    depth = len(watched.place)
    return WatchPlan(
        guarantee=watched.label,
        limit=watched.within.limit.milliseconds,
        events=tuple(_seen(name, depth, index, steps) for name in watched.within.event),
        since=tuple(_seen(name, depth, index, steps) for name in watched.within.since),
        counted=watched.counted,
        step=index[watched.step] if watched.step else -1,
    )


def _seen(name: Name, depth: int, index: Mapping[str, int], steps: Sequence[StepPlan]) -> Seen:
    path: list[int] = []
    for step in name.steps[depth:]:
        path.append(index[step])
        work = steps[path[-1]].work
        if isinstance(work, ForEach | Repeat):
            index, steps = work.body.index, work.body.steps
    return Seen(tuple(path), name.outcome)
