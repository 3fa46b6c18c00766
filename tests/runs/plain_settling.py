"""How a run settles after something has happened, in the plain model: step by step, until nothing changes."""

from __future__ import annotations

from typing import Any

from tests.runs.plain_graph import Attempts, Graph, Step
from tests.runs.plain_reading import (
    body_of,
    edges_of,
    ends_of,
    ids_read,
    length_of,
    named_outcomes,
)
from tests.runs.plain_values import AbsentError, holds, value
from tests.runs.plain_watching import Watching

PATIENCE = 30_000
"""Attempts that are told to stop are awaited for so many milliseconds."""


class Settling(Watching):
    """A run as it settles: how steps, loops and graphs begin and end. `now` is in milliseconds."""

    def __init__(self, workflow: dict[str, Any], now: int = 0) -> None:
        self.now = now
        self.status = "running"
        self.end = ""
        self.graphs: list[Graph] = []
        self.stops: list[tuple[Graph, Step, bool]] = []
        self.undone: list[str] = []
        self.breached: list[str] = []
        self.not_undone: list[str] = []
        self.taken: set[tuple[str, tuple[str, ...]]] = set()
        self.ended = 0
        self.cancelled = False
        self.gently = False
        root = Graph("", workflow["steps"], None)
        root.ends = ends_of(workflow.get("ends"))
        root.started = now
        self.graphs.append(root)
        self.text = str(workflow)
        self.deadline = now + length_of(workflow["timeout"]) if "timeout" in workflow else None
        self.wanted_ends = workflow.get("ends") or {}
        self.settle()

    @property
    def over(self) -> bool:
        return self.status in ("succeeded", "failed", "cancelled")

    def place(self, path: str) -> tuple[Graph, Step]:
        key, _, name = path.rpartition("/")
        graph = next(graph for graph in self.graphs if graph.key == key)
        return graph, graph.steps[name]

    # How steps begin and end.

    def settle(self) -> None:
        """One transition: all that can change does."""
        while not self.over and self.change_something():
            pass

    def change_something(self) -> bool:
        if any(self.look_at_joins(graph) for graph in self.graphs):
            return True
        if self.look_at_watches() or self.stop_next():
            return True
        return any(self.change(graph) for graph in self.graphs)

    def change(self, graph: Graph) -> bool:
        """One change of a graph that is due, if there is one."""
        if graph.phase == "over":
            return False
        if graph.phase == "running":
            for step in graph.steps.values():
                ready = step.state == "pending" and step.kind != "watch"
                if ready and self.look_at(graph, step):
                    return True
        return self.look_at_end(graph)

    def look_at_joins(self, graph: Graph) -> bool:
        """What the step that has just ended brought about in the joins of its graph, in their order."""
        changed = False
        for join in graph.joins if graph.phase == "running" else ():
            met = tuple(
                f"{name}.{edge}" for name, edge in edges_of(join) if graph.steps[name].meets(edge)
            )
            if join.kind == "one" and len(met) > 1:
                self.stop_graph(graph, "failed")
                return True
            if join.is_selective and join.taken is None and graph.state_of(join):
                join.taken = met
                self.taken.add((graph.key, tuple(sorted(met))))
                changed = True
                if join.cancel_rest and not join.of_end:
                    members = dict.fromkeys(name for name, _ in edges_of(join))
                    self.stops += [(graph, graph.steps[name], False) for name in members]
        return changed

    def stop_next(self) -> bool:
        if not self.stops:
            return False
        graph, step, awaited = self.stops.pop(0)
        self.stop_step(graph, step, awaited=awaited)
        return True

    def look_at(self, graph: Graph, step: Step) -> bool:
        found = [graph.state_of(join) for join in step.joins]
        if False in found:
            step.state = "settled"
            return True
        # What a body reads from outside, the step around it has waited for.
        reads = (ids_read(step.spec) - step.own_members) & set(graph.steps)
        open_reads = [name for name in reads if not graph.steps[name].settled]
        if None in found or open_reads:
            return False
        try:
            self.start(graph, step)
        except AbsentError:
            self.finish(graph, step, "failed")
        return True

    def start(self, graph: Graph, step: Step) -> None:
        spec = step.spec
        if "when" in spec and not holds(graph, step, spec["when"]):
            self.finish(graph, step, "skipped")
            return
        for argument in spec.get("with", {}).values():
            value(graph, step, argument.removeprefix("${").removesuffix("}"))
        self.ended += 1
        step.began, step.started = self.ended, self.now
        if step.kind != "switch" and spec.get("wait") != "0s":
            step.start_time = self.now
        options = spec.get(step.kind)
        timeout = spec.get("timeout") or (isinstance(options, dict) and options.get("timeout"))
        if timeout and step.kind != "switch":
            step.deadline = self.now + length_of(timeout)
        match step.kind:
            case "uses" | "call":
                step.state = "running"
                step.tries.set_limit(self.now)
            case "switch":
                self.pick(graph, step)
            case "wait":
                self.wait(graph, step)
            case "approve" | "receive":
                step.state = "waiting"
            case _:
                step.state = "running"
                self.go_on(graph, step)

    def pick(self, graph: Graph, step: Step) -> None:
        for name, case in step.spec["switch"].items():
            if case == "else" or holds(graph, step, case):
                self.finish(graph, step, name)
                return
        self.finish(graph, step, "failed")

    def wait(self, graph: Graph, step: Step) -> None:
        length = length_of(step.spec["wait"])
        if length:
            step.state, step.tries.wake = "waiting", self.now + length
        else:
            self.finish(graph, step, "ok")

    def finish(
        self, graph: Graph, step: Step, outcome: str, output: dict[str, Any] | None = None
    ) -> None:
        """A step ends: in an outcome that nothing names it fails instead, and what fails unnamed fails its graph."""
        named = named_outcomes(graph.steps, {} if graph.owner else self.wanted_ends, self.text)
        own = outcome not in ("failed", "skipped", "cancelled", "uncertain")
        named |= {f"{step.name}.kept", f"{step.name}.breached"} if step.kind == "watch" else set()
        if own and outcome != "ok" and f"{step.name}.{outcome}" not in named:
            outcome, own = "failed", False
        step.state, step.outcome, step.output = "settled", outcome, output or {}
        step.started = self.now if step.started is None else step.started
        if step.start_time is None and outcome not in ("failed", "skipped", "cancelled"):
            step.start_time = self.now
        step.end_time = self.now
        self.ended += 1
        if own and outcome != "timeout" and "compensate" in step.spec:
            graph.undo.append((self.ended, graph.path(step), step.spec["compensate"]))
        if outcome == "failed" and f"{step.name}.failed!" not in named:
            self.stop_graph(graph, "failed")

    @staticmethod
    def is_left_watching(graph: Graph, step: Step) -> bool:
        """What an end leaves to be stopped may still come in time."""
        return step.kind == "watch" and graph.cause == "end"

    def doubt(self, graph: Graph, step: Step) -> None:
        """Nobody knows whether an attempt had its effect, and it may not be made again."""
        if graph.phase != "running":
            self.finish(graph, step, "cancelled")
        elif self.names_uncertain(graph, step):
            self.finish(graph, step, "uncertain")
        else:
            step.state = "uncertain"

    def names_uncertain(self, graph: Graph, step: Step) -> bool:
        ends = {} if graph.owner else self.wanted_ends
        return f"{step.name}.uncertain" in named_outcomes(graph.steps, ends, self.text)

    def stop_graph(self, graph: Graph, cause: str) -> None:
        """No step starts, waiting ones are cancelled, attempts are told to stop, and bodies as well."""
        if graph.phase != "running":
            return
        graph.phase, graph.cause = "stopping", cause
        for watch in graph.watches if cause != "end" else ():
            watch.over = True
        self.stops += [(graph, step, True) for step in graph.steps.values()]

    def stop_step(self, graph: Graph, step: Step, *, awaited: bool) -> None:
        if step.settled or (step.state == "waiting" and self.is_left_watching(graph, step)):
            return
        if step.state == "pending":
            step.state = "settled"
        elif step.kind in ("for_each", "repeat"):
            self.close(step, "cancelled")
        elif step.kind == "uses" and step.state == "running" and self.gently:
            return  # the attempts that run may end
        elif step.state in ("running", "stopping") and (awaited or step.kind == "call"):
            # A child run is awaited however long it takes: it compensates what it did.
            if step.state == "running" or step.verdict == "retry":
                step.state, step.verdict, step.deadline = "stopping", None, None
                step.tries.limit = None
                step.patience = self.now + PATIENCE if step.kind == "uses" else None
            if not awaited:
                step.verdict = step.verdict or "cancelled"
        elif step.state != "stopping":
            self.finish(graph, step, "cancelled")

    # Loops.

    def close(self, step: Step, outcome: str) -> None:
        """A loop will end so, once its bodies that run have been cancelled."""
        if step.closing is not None:
            return
        step.closing, step.deadline, step.tries.wake = outcome, None, None
        for body in step.bodies:
            self.stop_graph(body, "cancelled")
        graph = next(graph for graph in self.graphs if step in graph.steps.values())
        self.go_on(graph, step)

    def go_on(self, graph: Graph, step: Step) -> None:
        """A loop ends, or begins its next bodies."""
        if step.settled:
            return
        live = [body for body in step.bodies if body.phase != "over"]
        if step.closing is not None:
            if not live:
                self.finish(graph, step, step.closing, self.loop_output(step))
        elif step.kind == "for_each":
            self.next_items(graph, step, len(live))
        elif not live:
            self.next_round(graph, step)

    def next_items(self, graph: Graph, step: Step, live: int) -> None:
        spec = step.spec["for_each"]
        total = (spec["in"].count(",") + 1 if spec["in"] != "[]" else 0) + step.added
        wanted = spec.get("first")
        if self.too_many_failed(spec.get("until_failures", 1), len(step.failures), total):
            self.close(step, "failed")
        elif wanted is not None and step.counted >= wanted:
            self.close(step, "ok")
        elif total > spec.get("max", total):
            self.close(step, "failed")
        elif len(step.bodies) == total and not live:
            outcome = "ok" if wanted is None else "exhausted"
            self.finish(graph, step, outcome, self.loop_output(step))
        else:
            for _ in range(min(total - len(step.bodies), spec.get("max_parallel", 10) - live)):
                self.begin_body(graph, step)

    @staticmethod
    def too_many_failed(limit: int | str, failed: int, total: int) -> bool:
        if isinstance(limit, str):
            return failed > 0 and failed * 100 >= int(limit.removesuffix("%")) * total
        return failed >= limit

    def next_round(self, graph: Graph, step: Step) -> None:
        spec = step.spec["repeat"]
        if step.failures:
            self.finish(graph, step, "failed")
            return
        if step.bodies:
            try:
                done = holds(step.bodies[-1], None, spec["until"])
            except AbsentError:
                self.finish(graph, step, "failed")
                return
            if done or len(step.bodies) == spec["max"]:
                self.finish(graph, step, "ok" if done else "exhausted", self.loop_output(step))
                return
            if "every" in spec:
                step.state, step.tries.wake = "paused", self.now + length_of(spec["every"])
                return
        self.begin_body(graph, step)

    def begin_body(self, graph: Graph, step: Step) -> None:
        index = len(step.bodies)
        body = Graph(f"{graph.path(step)}[{index}]", body_of(step.spec)["steps"], (graph, step))
        body.index, body.started = index, self.now
        step.bodies.append(body)
        self.graphs.append(body)

    @staticmethod
    def loop_output(step: Step) -> dict[str, Any]:
        if step.kind == "repeat":
            return {"rounds": len(step.bodies)}
        return {
            "results": [step.results[index] for index in sorted(step.results)],
            "failures": sorted(step.failures),
        }

    # How graphs end.

    def look_at_end(self, graph: Graph) -> bool:
        everything = all(step.settled for step in graph.steps.values())
        if graph.phase == "running" and not everything:
            return self.look_at_early_ends(graph)
        if not everything:
            return False
        if graph.phase == "running" or graph.cause == "end":
            self.ended_well(graph)
            return True
        return self.undo_next(graph)

    def look_at_early_ends(self, graph: Graph) -> bool:
        for name, joins in graph.ends.items():
            early = any(join.cancel_rest for join in joins)
            if early and all(graph.state_of(join) for join in joins):
                graph.early = name
                self.stop_graph(graph, "end")
                return True
        return False

    def ended_well(self, graph: Graph) -> None:
        if graph.owner is not None:
            self.body_over(graph, well=True)
            return
        met = [name for name, joins in graph.ends.items() if all(map(graph.state_of, joins))]
        self.end = graph.early or next(iter(met), "" if graph.ends else "ok")
        if self.end:
            graph.phase, self.status = "over", "succeeded"
        else:
            self.stop_graph(graph, "failed")

    def body_over(self, graph: Graph, *, well: bool) -> None:
        assert graph.owner is not None
        outer, step = graph.owner
        spec = body_of(step.spec)
        if well and spec.get("output"):
            try:
                output = self.body_output(graph, spec["output"])
            except AbsentError:
                self.stop_graph(graph, "failed")
                return
            step.results[graph.index] = output
        elif well:
            step.results[graph.index] = {}
        graph.phase = "over"
        if well:
            outer.undo = sorted(outer.undo + graph.undo, key=lambda undo: undo[0])
            step.counted += self.counts(graph, spec)
            step.added += self.adds(graph, spec)
        elif graph.cause == "failed":
            step.failures.add(graph.index)
        self.go_on(outer, step)

    def body_output(self, graph: Graph, output: dict[str, str]) -> dict[str, Any]:
        return {
            name: value(graph, None, text.removeprefix("${").removesuffix("}"))
            for name, text in output.items()
        }

    def counts(self, graph: Graph, spec: dict[str, Any]) -> bool:
        return "where" not in spec or holds(graph, None, spec["where"])

    def adds(self, graph: Graph, spec: dict[str, Any]) -> bool:
        """Whether an item adds another one."""
        return "more" in spec and holds(graph, None, spec["more"].removesuffix(" ? [7] : []"))

    def undo_next(self, graph: Graph) -> bool:
        """The next compensation begins, or the graph is over: in reverse order of ending, one at a time."""
        if graph.undoing is not None:
            return False
        if graph.undo:
            _, path, spec = graph.undo.pop()
            deadline = self.now + length_of(spec["timeout"]) if "timeout" in spec else None
            graph.undoing = path, Attempts(spec.get("retry"), deadline)
            self.undone.append(path)
        elif graph.owner is not None:
            self.body_over(graph, well=False)
        else:
            graph.phase, self.status = "over", graph.cause
        return True

    def undoing_at(self, path: str) -> Graph:
        step = path.removesuffix("/compensate")
        return next(graph for graph in self.graphs if graph.undoing and graph.undoing[0] == step)

    def undone_one(self, path: str, *, failed: bool) -> None:
        self.undoing_at(path).undoing = None
        if failed:
            self.not_undone.append(path.removesuffix("/compensate"))
