"""A step while its workflow is built: who it is, and where it was called."""

from __future__ import annotations

from msgspec import Struct

from auterity_sdk.workflow.builder.source import CallSite
from auterity_sdk.workflow.signature import COMMON_OUTCOMES, DONE, OK


class BuiltStep(Struct, frozen=True, eq=False):
    """A step of the graph `graph`. `outcomes` are its type's own, or None where they are not known."""

    id: str
    graph: object
    outcomes: tuple[str, ...] | None
    site: CallSite

    @property
    def has_ok(self) -> bool:
        """Whether `ok` is an outcome of its type, as far as is known."""
        return self.outcomes is None or OK in self.outcomes

    def has(self, outcome: str) -> bool:
        """Whether the step is known to be able to end so."""
        return outcome in (*(self.outcomes or ()), *COMMON_OUTCOMES, DONE)
