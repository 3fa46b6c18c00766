"""A counter-example in words: the choices that lead there, in order, and what then happens."""

from __future__ import annotations

from collections.abc import Iterable

from auterity_sdk.checks.soundness.decision import Run
from auterity_sdk.checks.soundness.faults import GOING_ON, Fault
from auterity_sdk.checks.soundness.model import Model, Step
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.graph import NeedGroup
from auterity_sdk.workflow.needs import Edge, JoinKind
from auterity_sdk.workflow.step import SwitchStep

MOST_SHOWN = 8
"""The nearest choices are shown; those that lead to them are left out."""


class Account:
    """What of a run matters to a fault."""

    def __init__(self, model: Model, run: Run, fault: Fault) -> None:
        self._model = model
        self._run = run
        self._relevant: set[str] = set()
        self._of = fault
        self._fault(fault)

    @property
    def arrived(self) -> list[Edge]:
        """The edges of a step that is not reached which are met in vain."""
        going_on = self._of.kind == "starved"
        needs = self._model.steps[self._of.step].needs
        met = [edge for group in needs for edge in self._met(group)]
        return [edge for edge in met if (edge.outcome in GOING_ON) == going_on]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The steps that decide, and how they end, the last `MOST_SHOWN` of them."""
        settled, steps = self._run.settled, self._model.steps
        if not self._model.orderly:
            return [each for each in self._run.order if each[0] in self._relevant][-MOST_SHOWN:]
        shown = [
            (step, outcome)
            for step in steps
            if step in self._relevant and chooses(steps[step]) and (outcome := settled[step])
        ]
        return shown[-MOST_SHOWN:]

    def note(self, happens: str) -> str:
        """The choices, and what then happens."""
        listed = ", ".join(f"{step} = {outcome}" for step, outcome in self.choices)
        if not listed:
            return f"on every run that comes there, {happens}"
        return f"{'' if self._model.orderly else 'in this order: '}{listed} → {happens}"

    def places(self) -> tuple[Location, ...]:
        """The lines of the choices."""
        return tuple(self._place(*choice) for choice in self.choices)

    def _place(self, step: str, outcome: str) -> Location:
        node = self._model.steps[step].node
        if isinstance(node.step, SwitchStep) and outcome in node.step.switch:
            return Location((*node.path, "switch", outcome), "key", label=f"ends in `{outcome}`")
        return Location(node.path, "key", label=f"ends in `{outcome}`")

    def _fault(self, fault: Fault) -> None:
        steps = self._model.steps
        if fault.group is not None:
            self._edges(self._met(fault.group)[:2])
        if fault.kind == "no_end":
            for groups in self._model.ends.values():
                self._why_unmet(groups)
        if fault.kind in ("absent", "unnamed") and fault.step:
            self._started(steps[fault.step])
        if fault.reading is not None:
            self._settled(fault.reading.step)
        if fault.kind in ("starved", "lost"):
            self._why_unmet(steps[fault.step].needs)
            for group in steps[fault.step].needs:
                self._edges(self._met(group))

    def _met(self, group: NeedGroup) -> list[Edge]:
        return [edge for edge in group.edges if self._run.meets(edge)]

    def _edges(self, edges: Iterable[Edge]) -> None:
        for edge in edges:
            self._settled(edge.step)

    def _settled(self, step: str) -> None:
        """Why a step is settled as it is."""
        if step in self._relevant:
            return
        self._relevant.add(step)
        if self._run.settled[step] is None:
            self._why_unmet(self._model.steps[step].needs)
        else:
            self._started(self._model.steps[step])

    def _started(self, step: Step) -> None:
        for group in step.needs:
            wanted = len(group.edges) if group.kind is JoinKind.ANY else group.count
            self._edges(self._met(group)[:wanted])

    def _why_unmet(self, groups: Iterable[NeedGroup]) -> None:
        for group in groups:
            unmet = [edge for edge in group.edges if not self._run.meets(edge)]
            wanted = group.count if group.kind is JoinKind.AT_LEAST else 1
            if len(group.edges) - len(unmet) < wanted:
                self._edges(unmet)
                return


def chooses(step: Step) -> bool:
    """Whether it may end in one way or another."""
    return len(step.ends) > 1 or bool(step.cases) or step.when is not None
