"""A plain interpreter of workflows, written from the language's page and from nothing of the engine.

It is slow on purpose: after each thing that happens it looks at every step of every graph, and changes one, until
nothing changes. `plain_settling` has the rules, `plain_reading` and `plain_values` what workflows say.
"""

from __future__ import annotations

from tests.runs.plain_graph import Graph, Step
from tests.runs.plain_reading import ONCE
from tests.runs.plain_settling import Settling
from tests.runs.plain_watching import MARK

OPEN = ("effect_unknown", "heartbeat", "timeout")
"""Errors that leave it open whether an attempt had its effect."""

MOST_LOST = 8
"""So many processes may die with one attempt; then the step fails."""


class Run(Settling):
    """A run of a workflow. What happens to it comes by its methods; `now` is in milliseconds."""

    # What is outstanding.

    @property
    def attempts(self) -> dict[str, int]:
        """The attempts that run, or that were told to stop and have not answered: their numbers by path."""
        found = {
            graph.path(step): step.tries.number
            for graph in self.graphs
            for step in graph.steps.values()
            if step.kind in ("uses", "call") and step.state in ("running", "stopping")
        }
        for graph in self.graphs:
            if graph.undoing and graph.undoing[1].wake is None:
                found[graph.undoing[0] + "/compensate"] = graph.undoing[1].number
        return found

    def waiting(self, kind: str, state: str = "waiting") -> list[str]:
        """The steps of a kind that wait, or stand in another state, the one that has waited longest first."""
        found = [
            (step.began, graph.path(step))
            for graph in self.graphs
            for step in graph.steps.values()
            if step.kind == kind and step.state == state
        ]
        return [path for _, path in sorted(found)]

    @property
    def alarms(self) -> list[tuple[int, str]]:
        """When something is due, and where."""
        found = []
        for graph in self.graphs:
            for step in graph.steps.values():
                times = [step.tries.wake, step.deadline, step.patience, step.tries.limit]
                due = [time for time in times if time is not None]
                if due and not step.settled:
                    found.append((min(due), graph.path(step)))
            if graph.undoing:
                path, tries = graph.undoing
                times = [time for time in (tries.wake, tries.deadline) if time is not None]
                found += [(min(times), path + "/compensate")] if times else []
        if self.deadline is not None and self.graphs[0].phase == "running":
            found.append((self.deadline, ""))
        return sorted(found + self.watch_alarms())

    # What may happen.

    def succeed(self, path: str, outcome: str, n: int) -> None:
        """An attempt gave an output."""
        if path.endswith("/compensate"):
            self.undone_one(path, failed=False)
        else:
            graph, step = self.place(path)
            if step.verdict == "retry":
                self.try_again(graph, step, "timeout")
            else:
                self.finish(graph, step, step.verdict or outcome, {"n": n})
        self.settle()

    def fail(self, path: str, error: str, after: int = 0) -> None:
        """An attempt failed."""
        if path.endswith("/compensate"):
            graph = self.undoing_at(path)
            assert graph.undoing
            again = graph.undoing[1].again_at(self.now, error, after)
            if again is None or (error in OPEN and self.undoing_once(graph)):
                self.undone_one(path, failed=True)
            else:
                graph.undoing[1].wake = again
        else:
            graph, step = self.place(path)
            if step.verdict == "retry":
                self.try_again(graph, step, "timeout")
            elif step.state == "stopping":
                self.finish(graph, step, step.verdict or "cancelled")
            elif error in OPEN and step.spec.get("uses") == ONCE:
                self.doubt(graph, step)
            else:
                self.try_again(graph, step, error, after)
        self.settle()

    def try_again(self, graph: Graph, step: Step, error: str, after: int = 0) -> None:
        again = step.tries.again_at(self.now, error, after) if graph.phase == "running" else None
        step.verdict, step.tries.limit = None, None
        if again is None:
            self.finish(graph, step, "failed")
        else:
            step.state, step.tries.wake = "paused", again

    def stopped(self, path: str) -> None:
        """An attempt that was told to stop did."""
        graph, step = self.place(path)
        self.finish(graph, step, "cancelled")
        self.settle()

    def undoing_once(self, graph: Graph) -> bool:
        assert graph.undoing
        spec = self.place(graph.undoing[0])[1].spec
        return bool(spec["compensate"]["uses"] == ONCE)

    def person_settles(self, path: str, outcome: str, n: int) -> None:
        """A person says how an uncertain step ended; with `retry` it is tried again."""
        graph, step = self.place(path)
        if outcome == "retry":
            step.state = "running"
            step.tries.begin_next(self.now)
        else:
            self.finish(graph, step, outcome, {"n": n})
        self.settle()

    def answer(self, path: str, approved: bool) -> None:
        """One more person answers an `approve`."""
        graph, step = self.place(path)
        step.approvals += approved
        if not approved:
            self.finish(graph, step, "rejected")
        elif step.approvals == step.spec["approve"].get("quorum", 1):
            self.finish(graph, step, "approved")
        self.settle()

    def receive(self, event: str, came: int) -> bool:
        """An outside event goes to the `receive` that has waited longest for one of its type; whether to any."""
        for path in self.waiting("receive"):
            graph, step = self.place(path)
            if step.spec["receive"]["event"] == event and came >= graph.opened(step):
                self.finish(graph, step, "received")
                self.settle()
                return True
        return False

    def time(self, now: int) -> None:
        """Time has come to `now`; what was due until then happens in the order of its times, ties by path."""
        self.now = now
        for due, path in self.alarms:
            if (due, path) in self.alarms and due <= now:
                self.alarm(path)
                self.settle()

    def alarm(self, path: str) -> None:
        if not path:
            self.stop_graph(self.graphs[0], "failed")
            return
        if path.startswith(MARK):
            self.watch_alarm(path)
            return
        if path.endswith("/compensate"):
            tries = self.undoing_at(path).undoing[1]  # type: ignore[index]
            if tries.deadline is not None and tries.deadline <= self.now:
                self.undone_one(path, failed=True)
            else:
                tries.begin_next(self.now)
            return
        graph, step = self.place(path)
        if step.state == "stopping" and step.verdict != "retry":
            self.finish(graph, step, "cancelled")
        elif step.deadline is not None and step.deadline <= self.now:
            self.run_over(graph, step)
        elif step.state == "running" and step.kind == "call":
            # The child run of this attempt is cancelled, and a new one begins when it has ended.
            step.state, step.verdict, step.tries.limit = "stopping", "retry", None
        elif step.kind in ("uses", "call"):
            step.state = "running"
            step.tries.begin_next(self.now)
        elif step.kind == "repeat":
            step.state, step.tries.wake = "running", None
            self.begin_body(graph, step)
        else:
            self.finish(graph, step, "ok")

    def run_over(self, graph: Graph, step: Step) -> None:
        if step.bodies or step.kind in ("for_each", "repeat"):
            self.close(step, "failed")
        elif step.kind == "call" and step.state in ("running", "stopping"):
            # The child run is cancelled first.
            step.state, step.deadline, step.verdict = "stopping", None, "failed"
            step.tries.limit = None
        elif (
            step.spec.get("uses") == ONCE
            and step.state == "running"
            and self.names_uncertain(graph, step)
        ):
            self.doubt(graph, step)
        elif step.kind in ("uses", "call"):
            self.finish(graph, step, "failed")
        else:
            default = step.spec.get("approve", {}).get("default")
            self.finish(graph, step, default or "timeout")

    def process_died(self) -> None:
        """The same attempts run again elsewhere, if they may; after so many deaths they have failed."""
        for graph in self.graphs:
            for step in sorted(graph.steps.values(), key=lambda step: step.began):
                if step.state == "running" and step.kind == "uses":
                    step.tries.lost += 1
                    if step.spec["uses"] == ONCE:
                        self.doubt(graph, step)
                        self.look_at_joins(graph)
                    elif step.tries.lost == MOST_LOST:
                        self.finish(graph, step, "failed")
                        self.look_at_joins(graph)
        undoing = [
            graph for graph in self.graphs if graph.undoing and graph.undoing[1].wake is None
        ]
        for graph in sorted(undoing, key=lambda graph: self.undone.index(graph.undoing[0])):  # type: ignore[index]
            assert graph.undoing
            path, tries = graph.undoing
            tries.lost += 1
            if tries.lost == MOST_LOST or self.undoing_once(graph):
                self.undone_one(path, failed=True)
        self.settle()

    def cancel(self, after_step: bool) -> None:
        """Somebody cancels the run; a second time, or while it fails, that changes nothing.

        But one at once also stops what one after the step has let run.
        """
        if not self.cancelled:
            self.cancelled, self.gently = True, after_step
            self.stop_graph(self.graphs[0], "cancelled")
        elif self.gently and not after_step:
            self.gently = False
            self.stops += [
                (graph, step, True) for graph in self.graphs for step in graph.steps.values()
            ]
        self.settle()
