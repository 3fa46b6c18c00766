"""A graph by numbers: its steps in order, its joins, and what each step's end moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from auterity_sdk.checks.soundness.model import Model, Step, full
from auterity_sdk.workflow.graph import NeedGroup
from auterity_sdk.workflow.needs import JoinKind

Outlook = Literal["met", "unmet", "pending"]


class Rule(Struct, frozen=True):
    """The table of the language over met and unmet edges; `kind` None: all."""

    kind: JoinKind | None
    size: int
    count: int = 1

    def verdict(self, met: int, unmet: int) -> Outlook:
        """What is known of the join."""
        if self.kind is None:
            return "unmet" if unmet else "met" if met == self.size else "pending"
        if self.kind is JoinKind.ANY:
            if unmet == self.size:
                return "unmet"
            return "met" if met + unmet == self.size else "pending"
        if met >= self.count:
            return "met"
        return "unmet" if self.size - unmet < self.count else "pending"


class Join(Struct, frozen=True):
    """Edges as (step, outcome). `step` and `end` tell who needs it; `counted`: what met it counts."""

    rule: Rule
    edges: tuple[tuple[int, str], ...]
    step: str = ""
    end: str = ""
    group: NeedGroup | None = None
    cancel_rest: bool = False

    @property
    def kind(self) -> JoinKind | None:
        """None for a list of edges."""
        return self.rule.kind

    @property
    def counted(self) -> bool:
        """Which of its edges were met counts from the moment in which it was met."""
        return self.rule.kind not in (None, JoinKind.ANY)


class Wire(Struct):
    """A step. `edges`: the joins and outcomes of it that they name; `waiters` wait for its end alone.

    `watchers` are those that look at it.
    """

    step: Step
    joins: list[int] = field(default_factory=list)
    edges: list[tuple[int, str]] = field(default_factory=list)
    waits: int = 0
    waiters: list[int] = field(default_factory=list)
    watchers: list[int] = field(default_factory=list)
    followers: tuple[int, ...] = ()


class Wiring:
    """Of one model. `early`: the joins of ends that cancel the rest."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.index: Mapping[str, int] = model.places
        self.wires = [Wire(step) for step in model.steps.values()]
        self.joins: list[Join] = []
        for wire in self.wires:
            wire.joins = self._add(wire.step.needs, step=wire.step.id)
            wire.waits = len(wire.step.waits)
            for read in wire.step.waits:
                self.wires[self.index[read]].waiters.append(self.index[wire.step.id])
        for index, wire in enumerate(self.wires):
            seen = (*wire.step.since, *(wire.step.keeps or ()))
            for step in {each.step for each in seen if each.step is not None}:
                self.wires[self.index[step]].watchers.append(index)
        self.ends = {name: self._add(groups, end=name) for name, groups in model.ends.items()}
        self.early = {
            name: self.ends[name]
            for name, groups in model.ends.items()
            if any(group.cancel_rest for group in groups)
        }
        for wire in self.wires:
            needing = {self.joins[join].step for join, _ in wire.edges} - {""}
            after = {self.index[step] for step in needing} | {*wire.waiters, *wire.watchers}
            wire.followers = tuple(sorted(after))

    def _add(self, groups: tuple[NeedGroup, ...], step: str = "", end: str = "") -> list[int]:
        singles = [group.edges[0] for group in groups if group.kind is None]
        made = []
        if singles:
            edges = tuple(dict.fromkeys(map(full, singles)))
            made.append(self._join(Rule(None, len(edges)), edges, step, end))
        for group in groups:
            if group.kind is not None:
                edges = tuple(map(full, group.edges))
                rule = Rule(group.kind, len(edges), group.count)
                made.append(self._join(rule, edges, step, end, group))
        return made

    def _join(
        self,
        rule: Rule,
        edges: tuple[tuple[str, str], ...],
        step: str,
        end: str,
        group: NeedGroup | None = None,
    ) -> int:
        number = len(self.joins)
        placed = tuple((self.index[source], outcome) for source, outcome in edges)
        for source, outcome in placed:
            self.wires[source].edges.append((number, outcome))
        # An end cancels the rest by itself, when it is read.
        cancel = bool(step) and group is not None and group.cancel_rest
        self.joins.append(Join(rule, placed, step, end, group, cancel))
        return number
