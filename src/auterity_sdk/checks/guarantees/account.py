"""A run on which a guarantee does not hold: the steps that matter, in order, and what they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from auterity_sdk.checks.facts.happening import Happening
from auterity_sdk.checks.guarantees.prover import Holds, Prover
from auterity_sdk.checks.soundness.conditions import Free
from auterity_sdk.checks.soundness.model import Model, Step
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.step import SwitchStep

MOST_SHOWN = 8
"""The last choices are shown; those that lead to them are left out."""


class CounterExample(Struct, frozen=True):
    """`ended`: the steps that have ended, in order, with their outcomes; `free`: how free conditions come out."""

    ended: tuple[tuple[str, str], ...]
    free: Mapping[Free, bool | None]

    def told(self, end: str) -> str:
        """The steps in one line, and what then happens."""
        listed = ", ".join(f"{step} = {outcome}" for step, outcome in self.ended[-MOST_SHOWN:])
        return f"{listed} → {end}" if listed else end


def at_a_moment(prover: Prover, holds: Holds, of: Iterable[Happening]) -> CounterExample:
    """Just after the thing has happened that breaks the guarantee: all that has ended by then."""
    before, after = prover.moments.before, prover.moments.after
    relevant = _relevant(prover, of)
    ended = [
        (not holds(before.ended[step]), place, step)
        for place, step in enumerate(prover.model.steps)
        if step in relevant and holds(after.ended[step])
    ]
    outcomes = settled(prover, holds)
    named = ((step, outcomes[step]) for _, _, step in sorted(ended))
    return CounterExample(tuple((s, o) for s, o in named if o is not None), _free(prover, holds))


def of_a_run(prover: Prover, holds: Holds, of: Iterable[Happening]) -> CounterExample:
    """A whole run: the choices that matter."""
    relevant = _relevant(prover, of)
    chosen = (
        (step.id, outcome)
        for step in prover.model.steps.values()
        if step.id in relevant and _chooses(step)
        for outcome in [settled(prover, holds)[step.id]]
    )
    return CounterExample(tuple((s, o) for s, o in chosen if o is not None), _free(prover, holds))


def settled(prover: Prover, holds: Holds) -> Mapping[str, str | None]:
    """How each step is settled in the end; None: not reached."""
    return {
        step: next((outcome for outcome, held in ended.items() if holds(held)), None)
        for step, ended in prover.states.ended.items()
    }


def places(
    model: Model, ended: Iterable[tuple[str, str]], last: Happening | None = None
) -> Iterator[Location]:
    """The lines of the steps that ended, and of what happens last."""
    for step, outcome in [*ended][-MOST_SHOWN:]:
        yield _place(model.steps[step], outcome)
    if last is not None and last.step is not None and last.outcome is None:
        node = model.steps[last.step].node
        yield Location(node.path, "key", label="starts")


def _place(step: Step, outcome: str) -> Location:
    node = step.node
    if isinstance(node.step, SwitchStep) and outcome in node.step.switch:
        return Location((*node.path, "switch", outcome), "key", label=f"ends in `{outcome}`")
    return Location(node.path, "key", label=f"ends in `{outcome}`")


def _relevant(prover: Prover, of: Iterable[Happening]) -> set[str]:
    named = {each.step for each in of if each.step is not None}
    return named.union(*(prover.moments.precedence.causes(step) for step in named))


def _free(prover: Prover, holds: Holds) -> Mapping[Free, bool | None]:
    found: dict[Free, bool | None] = {}
    for part in prover.model.free:
        truth = prover.states.truth(part)
        found[part] = True if holds(truth.yes) else False if holds(truth.no) else None
    return found


def _chooses(step: Step) -> bool:
    return len(step.ends) > 1 or bool(step.cases) or step.when is not None
