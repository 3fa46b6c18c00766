"""A plain interpreter of workflows, written from the language's page and from nothing of the engine.

It is slow on purpose: after each thing that happens it looks at every step of every graph, and changes one, until
nothing changes. Of expressions it knows the few forms that `random_programs` makes: `LEFT OP RIGHT`, where each side
is a number, a text in quotes, `index`, `a.n`, `a.?n.orValue(0)` or `outcome.?a.orValue('')`.
"""

from __future__ import annotations

import operator
import re
from typing import Any

from tests.runs.plain_reading import (
    Join,
    body_of,
    edges_of,
    ends_of,
    ids_read,
    kind_of,
    length_of,
    named_outcomes,
    needs_of,
    outcomes_of,
    topological,
)

PATIENCE = 30_000
"""Attempts that are told to stop are awaited for so many milliseconds."""

MOST_LOST = 8
"""So many processes may die with one attempt; then the step fails."""

OPERATORS = {"<": operator.lt, ">": operator.gt, "==": operator.eq, ">=": operator.ge}


class AbsentError(Exception):
    """A value that is plainly read is not there."""


class Attempts:
    """What is tried up to a number of times: a `uses`, a `call` or a compensation."""

    def __init__(self, retry: dict[str, Any] | None) -> None:
        self.retry = retry or {"attempts": 1}
        self.number = 1
        self.wake: int | None = None
        self.lost = 0

    def again_at(self, now: int, retryable: bool) -> int | None:
        """When the next attempt begins; None if there is none."""
        if not retryable or self.number >= self.retry.get("attempts", 3):
            return None
        first = length_of(self.retry.get("initial", "1s"))
        growth = {
            "constant": 1,
            "linear": self.number,
            "exponential": 2 ** (self.number - 1),
        }[self.retry.get("backoff", "exponential")]
        return now + min(first * growth, length_of(self.retry.get("max", "1m")))


class Step:
    """A step in one instance of its graph. `state` is pending, running, paused, waiting, stopping or settled."""

    def __init__(self, name: str, spec: dict[str, Any], joins: list[Join]) -> None:
        self.name = name
        self.spec = spec
        self.kind = kind_of(spec)
        self.joins = joins
        self.state = "pending"
        self.outcome: str | None = None
        self.output: dict[str, Any] = {}
        self.tries = Attempts(spec.get("retry"))
        self.deadline: int | None = None
        self.patience: int | None = None
        self.began = 0
        self.bodies: list[Graph] = []
        self.failures: set[int] = set()
        self.counted = 0
        self.results: dict[int, Any] = {}
        self.closing: str | None = None
        self.approvals = 0
        self.ignored = False

    @property
    def settled(self) -> bool:
        return self.state == "settled"

    @property
    def has_value(self) -> bool:
        """It ended in an outcome of its own, but for `timeout`."""
        return self.settled and self.outcome in set(outcomes_of(self.spec)) - {"timeout"}

    def meets(self, edge: str) -> bool | None:
        """Whether an edge that leaves from here is met, None while it is pending: the table of section 4."""
        if not self.settled:
            return None
        return self.outcome is not None and edge in (self.outcome, "done")

    @property
    def own_members(self) -> set[str]:
        """The steps whose edges its own `one`, `first` and `at_least` hold."""
        return {
            edge.split(".")[0] for join in self.joins if join.is_selective for edge in join.edges
        }


class Graph:
    """An instance of a graph. `phase` is running, stopping, undoing or over."""

    def __init__(self, key: str, steps: dict[str, Any], owner: tuple[Graph, Step] | None) -> None:
        self.key = key
        self.owner = owner
        self.index = 0
        self.steps = {
            name: Step(name, steps[name], needs_of(steps[name], steps))
            for name in topological(steps)
        }
        self.ends: dict[str, list[Join]] = {}
        self.phase = "running"
        self.cause = ""
        self.early = ""
        self.undo: list[tuple[int, str, dict[str, Any]]] = []
        self.undoing: tuple[str, Attempts] | None = None

    def path(self, step: Step) -> str:
        return f"{self.key}/{step.name}" if self.key else step.name

    @property
    def joins(self) -> list[Join]:
        of_steps = [join for step in self.steps.values() for join in step.joins]
        return of_steps + [join for end in self.ends.values() for join in end]

    def state_of(self, join: Join) -> bool | None:
        """Whether a join is met, None while that is open: the second table of section 4."""
        found = [self.steps[name].meets(edge) for name, edge in edges_of(join)]
        met, unmet, pending = found.count(True), found.count(False), found.count(None)
        match join.kind:
            case "all":
                return False if unmet else (None if pending else True)
            case "any":
                return None if pending else met > 0
        if met >= join.count:
            return True
        return False if met + pending < join.count else None


class Run:
    """A run of a workflow. What happens to it comes by its methods; `now` is in milliseconds."""

    def __init__(self, workflow: dict[str, Any], now: int = 0) -> None:
        self.now = now
        self.status = "running"
        self.end = ""
        self.graphs: list[Graph] = []
        self.stops: list[tuple[Graph, Step, bool]] = []
        self.undone: list[str] = []
        self.not_undone: list[str] = []
        self.taken: set[tuple[str, tuple[str, ...]]] = set()
        self.ended = 0
        self.cancelled = False
        root = Graph("", workflow["steps"], None)
        root.ends = ends_of(workflow.get("ends"))
        self.graphs.append(root)
        self.text = str(workflow)
        self.wanted_ends = workflow.get("ends") or {}
        self.settle()

    @property
    def over(self) -> bool:
        return self.status in ("succeeded", "failed", "cancelled")

    def place(self, path: str) -> tuple[Graph, Step]:
        key, _, name = path.rpartition("/")
        graph = next(graph for graph in self.graphs if graph.key == key)
        return graph, graph.steps[name]

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

    def waiting(self, kind: str) -> list[str]:
        """The steps of a kind that wait, the one that has waited longest first."""
        found = [
            (step.began, graph.path(step))
            for graph in self.graphs
            for step in graph.steps.values()
            if step.kind == kind and step.state == "waiting"
        ]
        return [path for _, path in sorted(found)]

    @property
    def alarms(self) -> list[tuple[int, str]]:
        """When something is due, and where."""
        found = []
        for graph in self.graphs:
            for step in graph.steps.values():
                times = [step.tries.wake, step.deadline, step.patience]
                due = [time for time in times if time is not None]
                if due and not step.settled:
                    found.append((min(due), graph.path(step)))
            if graph.undoing and graph.undoing[1].wake is not None:
                found.append((graph.undoing[1].wake, graph.undoing[0] + "/compensate"))
        return sorted(found)

    # What may happen.

    def succeed(self, path: str, outcome: str, n: int) -> None:
        """An attempt gave an output."""
        if path.endswith("/compensate"):
            self.undone_one(path, failed=False)
        else:
            graph, step = self.place(path)
            self.finish(graph, step, "cancelled" if step.ignored else outcome, {"n": n})
        self.settle()

    def fail(self, path: str, retryable: bool) -> None:
        """An attempt failed."""
        if path.endswith("/compensate"):
            graph = self.undoing_at(path)
            assert graph.undoing
            again = graph.undoing[1].again_at(self.now, retryable)
            if again is None:
                self.undone_one(path, failed=True)
            else:
                graph.undoing[1].wake = again
        else:
            graph, step = self.place(path)
            again = step.tries.again_at(self.now, retryable)
            if step.state == "stopping":
                self.finish(graph, step, "cancelled")
            elif again is None:
                self.finish(graph, step, "failed")
            else:
                step.state, step.tries.wake = "paused", again
        self.settle()

    def stopped(self, path: str) -> None:
        """An attempt that was told to stop did."""
        graph, step = self.place(path)
        self.finish(graph, step, "cancelled")
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

    def receive(self, event: str) -> None:
        """An outside event goes to the `receive` that has waited longest for one of its type."""
        for path in self.waiting("receive"):
            graph, step = self.place(path)
            if step.spec["receive"]["event"] == event:
                self.finish(graph, step, "received")
                break
        self.settle()

    def time(self, now: int) -> None:
        """Time has come to `now`; what was due until then happens in the order of its times, ties by path."""
        self.now = now
        for due, path in self.alarms:
            if (due, path) in self.alarms and due <= now:
                self.alarm(path)
                self.settle()

    def alarm(self, path: str) -> None:
        if path.endswith("/compensate"):
            tries = self.undoing_at(path).undoing[1]  # type: ignore[index]
            tries.number, tries.wake, tries.lost = tries.number + 1, None, 0
            return
        graph, step = self.place(path)
        if step.state == "stopping":
            self.finish(graph, step, "cancelled")
        elif step.deadline is not None and step.deadline <= self.now:
            self.run_over(graph, step)
        elif step.kind in ("uses", "call"):
            step.state = "running"
            step.tries.number, step.tries.wake, step.tries.lost = step.tries.number + 1, None, 0
        elif step.kind == "repeat":
            step.state, step.tries.wake = "running", None
            self.begin_body(graph, step)
        else:
            self.finish(graph, step, "ok")

    def run_over(self, graph: Graph, step: Step) -> None:
        if step.bodies or step.kind in ("for_each", "repeat"):
            self.close(step, "failed")
        elif step.kind == "uses":
            self.finish(graph, step, "failed")
        else:
            default = step.spec.get("approve", {}).get("default")
            self.finish(graph, step, default or "timeout")

    def process_died(self) -> None:
        """The same attempts run again elsewhere; after so many deaths they have failed."""
        for path in self.attempts:
            if path.endswith("/compensate"):
                tries = self.undoing_at(path).undoing[1]  # type: ignore[index]
                tries.lost += 1
                if tries.lost == MOST_LOST:
                    self.undone_one(path, failed=True)
                continue
            graph, step = self.place(path)
            if step.state == "running" and step.kind == "uses":
                step.tries.lost += 1
                if step.tries.lost == MOST_LOST:
                    self.finish(graph, step, "failed")
        self.settle()

    def cancel(self) -> None:
        """Somebody cancels the run; a second time, or while it fails, that changes nothing."""
        if not self.cancelled:
            self.cancelled = True
            self.stop_graph(self.graphs[0], "cancelled")
        self.settle()

    # How steps begin and end.

    def settle(self) -> None:
        """One transition: all that can change does."""
        while not self.over and self.change_something():
            pass

    def change_something(self) -> bool:
        if any(self.look_at_joins(graph) for graph in self.graphs) or self.stop_next():
            return True
        return any(self.change(graph) for graph in self.graphs)

    def change(self, graph: Graph) -> bool:
        """One change of a graph that is due, if there is one."""
        if graph.phase == "over":
            return False
        if graph.phase == "running":
            for step in graph.steps.values():
                if step.state == "pending" and self.look_at(graph, step):
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
            elif join.is_selective and join.taken is None and graph.state_of(join):
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
        if "when" in spec and not self.holds(graph, step, spec["when"]):
            self.finish(graph, step, "skipped")
            return
        for argument in spec.get("with", {}).values():
            self.value(graph, step, argument.removeprefix("${").removesuffix("}"))
        self.ended += 1
        step.began = self.ended
        options = spec.get(step.kind)
        timeout = spec.get("timeout") or (isinstance(options, dict) and options.get("timeout"))
        if timeout and step.kind != "switch":
            step.deadline = self.now + length_of(timeout)
        match step.kind:
            case "uses" | "call":
                step.state = "running"
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
            if case == "else" or self.holds(graph, step, case):
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
        own = outcome not in ("failed", "skipped", "cancelled")
        if own and outcome != "ok" and f"{step.name}.{outcome}" not in named:
            outcome, own = "failed", False
        step.state, step.outcome, step.output = "settled", outcome, output or {}
        self.ended += 1
        if own and outcome != "timeout" and "compensate" in step.spec:
            graph.undo.append((self.ended, graph.path(step), step.spec["compensate"]))
        if outcome == "failed" and f"{step.name}.failed!" not in named:
            self.stop_graph(graph, "failed")

    def stop_graph(self, graph: Graph, cause: str) -> None:
        """No step starts, waiting ones are cancelled, attempts are told to stop, and bodies as well."""
        if graph.phase != "running":
            return
        graph.phase, graph.cause = "stopping", cause
        self.stops += [(graph, step, True) for step in graph.steps.values()]

    def stop_step(self, graph: Graph, step: Step, *, awaited: bool) -> None:
        if step.settled:
            return
        if step.state == "pending":
            step.state = "settled"
        elif step.kind in ("for_each", "repeat"):
            self.close(step, "cancelled")
        elif step.kind == "call" or (awaited and step.state == "running"):
            # A child run is awaited however long it takes: it compensates what it did.
            if step.state == "running":
                step.state, step.deadline = "stopping", None
                step.patience = self.now + PATIENCE if step.kind == "uses" else None
            step.ignored = step.ignored or not awaited
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
        total = spec["in"].count(",") + 1 if spec["in"] != "[]" else 0
        wanted = spec.get("first")
        if self.too_many_failed(spec.get("until_failures", 1), len(step.failures), total):
            self.close(step, "failed")
        elif wanted is not None and step.counted >= wanted:
            self.close(step, "ok")
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
                done = self.holds(step.bodies[-1], None, spec["until"])
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
        body.index = index
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
        elif graph.cause == "failed":
            step.failures.add(graph.index)
        self.go_on(outer, step)

    def body_output(self, graph: Graph, output: dict[str, str]) -> dict[str, Any]:
        return {
            name: self.value(graph, None, text.removeprefix("${").removesuffix("}"))
            for name, text in output.items()
        }

    def counts(self, graph: Graph, spec: dict[str, Any]) -> bool:
        return "where" not in spec or self.holds(graph, None, spec["where"])

    def undo_next(self, graph: Graph) -> bool:
        """The next compensation begins, or the graph is over: in reverse order of ending, one at a time."""
        if graph.undoing is not None:
            return False
        if graph.undo:
            _, path, spec = graph.undo.pop()
            graph.undoing = path, Attempts(spec.get("retry"))
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

    # Values.

    def find(self, graph: Graph, name: str) -> Step:
        while name not in graph.steps:
            assert graph.owner is not None
            graph = graph.owner[0]
        return graph.steps[name]

    def holds(self, graph: Graph, step: Step | None, text: str) -> bool:
        left, sign, right = text.split(" ")
        found = OPERATORS[sign](self.value(graph, step, left), self.value(graph, step, right))
        return bool(found)

    def value(self, graph: Graph, reader: Step | None, text: str) -> Any:
        if text.isdigit():
            return int(text)
        if text.startswith("'"):
            return text.strip("'")
        if text == "index":
            return graph.index
        if found := re.fullmatch(r"outcome\.\?(\w+)\.orValue\(''\)", text):
            known = self.is_known(graph, step_read := found[1], reader)
            return (self.find(graph, step_read).outcome or "") if known else ""
        name = text.split(".")[0]
        there = self.is_there(graph, reader, name)
        if not there and "?" not in text:
            raise AbsentError(text)
        return self.find(graph, name).output.get("n", 0) if there else 0

    def is_there(self, graph: Graph, reader: Step | None, name: str) -> bool:
        """Whether a value can be read."""
        return self.is_known(graph, name, reader) and self.find(graph, name).has_value

    def is_known(self, graph: Graph, name: str, reader: Step | None) -> bool:
        """A member of one's own join is known only if its edge was met when the join was.

        What a body reads counts as read by the step around it.
        """
        while name not in graph.steps:
            assert graph.owner is not None
            graph, reader = graph.owner
        if reader is None or name not in reader.own_members:
            return True
        taken = [edge for join in reader.joins for edge in join.taken or ()]
        return any(edge.split(".")[0] == name for edge in taken)
