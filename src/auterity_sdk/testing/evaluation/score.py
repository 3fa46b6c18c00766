"""How the steps of a workflow did over labelled cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from msgspec import Struct

from auterity_sdk.workflow.budget import NANO


class Miss(Struct, frozen=True):
    """One field of one case that is not as it was labelled. `was` is None where the step did not give it."""

    case: str
    field: str
    expected: Any
    was: Any
    why: str = ""
    """Why there is no value: how the step or the run ended instead."""


class Took(Struct, frozen=True):
    """What the calls of a step took in one case. `nano` None: the price is not known."""

    input: int = 0
    output: int = 0
    nano: int | None = 0
    estimated: bool = False


class StepScore(Struct, frozen=True):
    """One step: `count` cases expect something of it. What it took is of all cases in which it ran."""

    step: str
    count: int
    misses: tuple[Miss, ...]
    took: tuple[Took, ...]
    seconds: tuple[float, ...]
    """How long each attempt of the step took."""
    models: tuple[str, ...]
    """Who answered, as `provider/model`."""

    @property
    def wrong(self) -> tuple[str, ...]:
        """The cases that are not right, in order."""
        return tuple(dict.fromkeys(miss.case for miss in self.misses))

    @property
    def right(self) -> int:
        """So many cases are as labelled, in all of their fields."""
        return self.count - len(self.wrong)

    @property
    def accuracy(self) -> float:
        """The part that is right, from 0 to 1."""
        return self.right / self.count if self.count else 0.0

    @property
    def input_tokens(self) -> int:
        """Tokens that went to the model."""
        return sum(each.input for each in self.took)

    @property
    def output_tokens(self) -> int:
        """Tokens that came back."""
        return sum(each.output for each in self.took)

    @property
    def usd(self) -> float | None:
        """What all of it cost; None where a price is not known."""
        known = [each.nano for each in self.took if each.nano is not None]
        return sum(known) / NANO if len(known) == len(self.took) else None

    def milliseconds(self, percent: int) -> float | None:
        """So long or less took so many percent of the attempts; None where there was none."""
        ordered = sorted(self.seconds)
        if not ordered:
            return None
        return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)] * 1000


class Evaluated(Struct, frozen=True):
    """A workflow over all cases of a file. `name` says which of several it is."""

    name: str
    steps: Sequence[StepScore]

    @property
    def lowest(self) -> float:
        """The accuracy of the step that did worst."""
        return min((step.accuracy for step in self.steps), default=0.0)

    @property
    def by_step(self) -> Mapping[str, StepScore]:
        """The scores by the step's path."""
        return {score.step: score for score in self.steps}
