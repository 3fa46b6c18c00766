"""How the plain model watches that something happens in time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.runs.plain_reading import edges_of, ids_read, needs_of, watch_of

if TYPE_CHECKING:
    from tests.runs.plain_graph import Graph, Step

MARK = "~"
"""Before the name of a watch's alarm: of several that are due at one time these come last."""


class Watch:
    """One `watch` of an instance of a graph: not begun, then `open` until `until`, then over."""

    def __init__(self, step: Step, steps: dict[str, Step]) -> None:
        self.step = step
        self.events, self.limit, self.since = watch_of(step.spec)
        self.until: int | None = None
        self.over = False
        specs = {name: each.spec for name, each in steps.items()}
        self.counted = [each for each in self.events if not comes_before(each, self.since, specs)]

    @property
    def is_open(self) -> bool:
        return self.until is not None and not self.over


def comes_before(event: str, since: str, specs: dict[str, Any]) -> bool:
    """Whether the graph itself puts one before the other."""
    if since == "start":
        return False
    (one, _, outcome), (other, _, wanted) = event.partition("."), since.partition(".")
    if one == other:
        return not outcome and bool(wanted)
    causes, waiting = set[str](), [other]
    while waiting:
        name = waiting.pop()
        found = {edge for join in needs_of(specs[name], specs) for edge, _ in edges_of(join)}
        found |= ids_read(specs[name]) & set(specs)
        if "watch" in specs[name]:
            found |= {watch_of(specs[name])[2].partition(".")[0]} & set(specs)
        waiting += found - causes
        causes |= found
    return one in causes


class Watching:
    """The part of a run that watches. `finish` ends a step."""

    now: int
    graphs: list[Graph]
    breached: list[str]

    def finish(self, graph: Graph, step: Step, outcome: str) -> None:
        raise NotImplementedError

    def look_at_watches(self) -> bool:
        """One watch that begins or is decided, if there is one."""
        for graph in self.graphs:
            if graph.phase != "over":
                for look in (self.see, self.give_up):
                    if any(look(graph, watch) for watch in graph.watches):
                        return True
        return False

    def see(self, graph: Graph, watch: Watch) -> bool:
        """What it begins with has happened, or what it waits for."""
        if watch.over:
            return False
        if watch.until is None:
            at = self.happened(graph, watch.since)
            if at is None or graph.phase != "running":
                return False
            watch.until = at + watch.limit
            if watch.step.state == "pending":
                watch.step.state, watch.step.started = "waiting", self.now
            if not self.see(graph, watch) and not self.give_up(graph, watch):
                self.run_out(graph, watch, before=True)
            return True
        times = [self.happened(graph, event) for event in watch.counted]
        found = [at for at in times if at is not None]
        if found:
            self.decide(graph, watch, "kept" if min(found) <= watch.until else "breached")
        return bool(found)

    def give_up(self, graph: Graph, watch: Watch) -> bool:
        """Nothing that it could begin with, or waits for, can happen any more."""
        if watch.over:
            return False
        if watch.until is None:
            name = watch.since.partition(".")[0]
            never = name != "start" and graph.steps[name].settled
            if never and watch.step.state == "pending":
                watch.step.state = "settled"
                return True
            return False
        if all(graph.steps[event.partition(".")[0]].settled for event in watch.counted):
            self.decide(graph, watch, "kept")
            return True
        return False

    def run_out(self, graph: Graph, watch: Watch, *, before: bool = False) -> None:
        """Its time is over."""
        if watch.until is not None and watch.until <= self.now - before:
            self.decide(graph, watch, "breached")

    def decide(self, graph: Graph, watch: Watch, outcome: str) -> None:
        watch.over = True
        if outcome == "breached":
            self.breached.append(graph.path(watch.step))
        if not watch.step.settled:
            self.finish(graph, watch.step, outcome)

    def happened(self, graph: Graph, name: str) -> int | None:
        step_name, _, outcome = name.partition(".")
        if step_name == "start":
            return self.graphs[0].started
        step = graph.steps[step_name]
        if not outcome:
            return step.start_time
        return step.end_time if step.settled and step.meets(outcome) else None

    def watch_alarms(self) -> list[tuple[int, str]]:
        return [
            (watch.until, f"{MARK}{graph.key}!{number}")
            for graph in self.graphs
            for number, watch in enumerate(graph.watches)
            if watch.is_open and watch.until is not None
        ]

    def watch_alarm(self, path: str) -> None:
        found = re.fullmatch(r"~(.*)!(\d+)", path)
        assert found
        graph = next(each for each in self.graphs if each.key == found[1])
        self.run_out(graph, graph.watches[int(found[2])])
