"""What the graph itself puts before what, where both happen at one moment."""

from __future__ import annotations

from auterity_sdk.checks.facts.happening import Happening
from auterity_sdk.checks.soundness.model import Model


class Precedence:
    """Of the steps of one model."""

    def __init__(self, model: Model) -> None:
        self._steps = model.steps
        self._causes: dict[str, frozenset[str]] = {}

    def leads_to(self, earlier: Happening, later: Happening) -> bool:
        """Where both happen at one moment, the graph itself puts one before the other."""
        if earlier.step is None or later.step is None:
            return earlier.step is None and later.step is not None
        if earlier.step != later.step:
            return earlier.step in self.causes(later.step)
        if earlier.inside or later.inside:
            return earlier.outcome is None and not (earlier.inside and later.inside)
        return earlier.outcome is None and later.outcome is not None

    def causes(self, step: str) -> frozenset[str]:
        """The steps that a step waits for, directly or not."""
        if step not in self._causes:
            found: set[str] = set()
            waiting = [step]
            while waiting:
                for before in self._steps[waiting.pop()].node.waits_for():
                    if before in self._steps and before not in found:
                        found.add(before)
                        waiting.append(before)
            self._causes[step] = frozenset(found - {step})
        return self._causes[step]
