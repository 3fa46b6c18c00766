"""What the plain model keeps of a run: graphs, their steps, and attempts."""

from __future__ import annotations

from typing import Any

from tests.runs.plain_reading import (
    Join,
    edges_of,
    kind_of,
    length_of,
    needs_of,
    outcomes_of,
    topological,
)
from tests.runs.plain_watching import Watch

RETRYABLE = ("network", "child_failed", "timeout")
"""Errors that are tried again where `retry` does not say which."""


class Attempts:
    """What is tried up to a number of times: a `uses`, a `call` or a compensation."""

    def __init__(self, retry: dict[str, Any] | None, deadline: int | None = None) -> None:
        self.retry = retry or {"attempts": 1}
        self.deadline = deadline
        self.limit: int | None = None
        self.number = 1
        self.wake: int | None = None
        self.lost = 0

    def begin_next(self, now: int) -> None:
        self.number, self.wake, self.lost = self.number + 1, None, 0
        self.set_limit(now)

    def set_limit(self, now: int) -> None:
        """When the attempt that begins has taken too long."""
        self.limit = now + length_of(self.retry["timeout"]) if "timeout" in self.retry else None

    def again_at(self, now: int, error: str, after: int = 0) -> int | None:
        """When the next attempt begins; None if there is none. `after` are the seconds of a `Retry-After`."""
        if error not in self.retry.get("on", RETRYABLE) or self.number >= self.retry.get(
            "attempts", 3
        ):
            return None
        first = length_of(self.retry.get("initial", "1s"))
        growth = {
            "constant": 1,
            "linear": self.number,
            "exponential": 2 ** (self.number - 1),
        }[self.retry.get("backoff", "exponential")]
        pause = min(first * growth, length_of(self.retry.get("max", "1m")))
        return now + max(pause, 1000 * after)


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
        self.started: int | None = None
        self.start_time: int | None = None
        self.end_time: int | None = None
        self.bodies: list[Graph] = []
        self.failures: set[int] = set()
        self.counted = 0
        self.added = 0
        self.results: dict[int, Any] = {}
        self.closing: str | None = None
        self.approvals = 0
        self.verdict: str | None = None

    @property
    def settled(self) -> bool:
        return self.state == "settled"

    @property
    def has_value(self) -> bool:
        """It ended in an outcome of its own, but for `timeout`; a `for_each` also where it was cancelled."""
        if self.settled and self.outcome == "cancelled" and self.kind == "for_each":
            return True
        return self.settled and self.outcome in set(outcomes_of(self.spec)) - {"timeout"}

    def meets(self, edge: str) -> bool | None:
        """Whether an edge that leaves from here is met, None while it is pending: the table of section 4."""
        if not self.settled:
            return None
        return self.outcome is not None and edge in (self.outcome, "done")

    @property
    def own_members(self) -> set[str]:
        """The steps that only its `one`, `first` and `at_least` name: it waits for none of them in particular."""
        chosen: set[str] = set()
        awaited: set[str] = set()
        for join in self.joins:
            (chosen if join.is_selective else awaited).update(name for name, _ in edges_of(join))
        return chosen - awaited


class Graph:
    """An instance of a graph. `phase` is running, stopping, undoing or over."""

    def __init__(self, key: str, steps: dict[str, Any], owner: tuple[Graph, Step] | None) -> None:
        self.key = key
        self.owner = owner
        self.index = 0
        self.started = 0
        self.steps = {
            name: Step(name, steps[name], needs_of(steps[name], steps))
            for name in topological(steps)
        }
        # In the order in which they are written.
        self.watches = [Watch(self.steps[n], self.steps) for n in steps if "watch" in steps[n]]
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

    def opened(self, step: Step) -> int:
        """Since when an outside event counts for a `receive`: the first of the steps that met its needs had started."""
        edges: list[str] = []
        for join in step.joins:
            edges += join.taken or () if join.is_selective else join.edges
        found = [self.steps[edge.split(".")[0]] for edge in edges if self.meets(edge)]
        return min((each.started or 0 for each in found), default=self.started)

    def meets(self, edge: str) -> bool | None:
        name, outcome = edge.split(".")
        return self.steps[name].meets(outcome)

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
