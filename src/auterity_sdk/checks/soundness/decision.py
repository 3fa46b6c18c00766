"""What is decided of a graph."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from auterity_sdk.checks.soundness.conditions import Free
from auterity_sdk.checks.soundness.faults import Fault
from auterity_sdk.workflow.needs import Edge
from auterity_sdk.workflow.signature import DONE


class Run(Struct, frozen=True):
    """A counter-example: how each step is settled (None: not reached), and how each free condition comes out
    (None: an error). `order`: the steps that take time, with their outcomes, in an order in which they end."""

    settled: Mapping[str, str | None]
    free: Mapping[Free, bool | None]
    order: tuple[tuple[str, str], ...] = ()

    def meets(self, edge: Edge) -> bool:
        """The edge is met."""
        outcome = self.settled[edge.step]
        return outcome is not None and edge.outcome in (outcome, DONE)


class Decision(Struct, frozen=True):
    """Of one graph. `faults`: each with a run on which it is the first. `also`: those that only come with others.

    `never`: ("step", id), ("end", name), ("outcome", "id.outcome") and ("until", "") that no run comes to.
    `undecided` says what was too much, and is empty where everything is known.
    """

    faults: Mapping[Fault, Run]
    also: Mapping[Fault, Run] = field(default_factory=dict)
    never: frozenset[tuple[str, str]] = frozenset()
    undecided: str = ""
