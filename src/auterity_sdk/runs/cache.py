"""Results of `uses` steps that other runs may take, instead of making an attempt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class CachedResult(Struct, frozen=True):
    """How a step ended at `at`, in the run and version that made it; nobody takes it after `until`.

    `facts` and `withdrawn` are those of its `StepEnded`: a fact is as old as the result that gave it.
    """

    run_id: str
    version: str
    step: str
    at: int
    until: int
    outcome: str
    output: Any = None
    facts: tuple[Mapping[str, Any], ...] = ()
    withdrawn: tuple[list[str], ...] = ()

    @property
    def origin(self) -> dict[str, Any]:
        """Where it is from, as a journal says it."""
        return {"run": self.run_id, "step": self.step, "at": self.at}
