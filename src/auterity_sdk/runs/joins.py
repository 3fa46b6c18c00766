"""When a join is met: the table of the language, over how many of its edges are met and unmet."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from msgspec import Struct

from auterity_sdk.workflow.needs import JoinKind


class Verdict(Enum):
    """What is known of a join or an edge."""

    PENDING = "pending"
    MET = "met"
    UNMET = "unmet"


PENDING, MET, UNMET = Verdict.PENDING, Verdict.MET, Verdict.UNMET

Kind = Literal["all"] | JoinKind


class JoinRule(Struct, frozen=True):
    """A join over `size` edges; `count` is the k of `at_least`, 1 for `one` and `first`."""

    kind: Kind
    size: int
    count: int = 1

    def verdict(self, met: int, unmet: int) -> Verdict:
        """What is known when so many edges are met and unmet, and the rest are pending."""
        if self.kind == "all":
            if unmet:
                return UNMET
            return MET if met == self.size else PENDING
        if self.kind is JoinKind.ANY:
            if unmet == self.size:
                return UNMET
            return MET if met + unmet == self.size else PENDING
        if met >= self.count:
            return MET
        return UNMET if self.size - unmet < self.count else PENDING


def edge_is_met(edge: str, outcome: str | None) -> bool:
    """Whether the edge `edge` of a step is met that ended in `outcome`, None where it was not reached."""
    return outcome is not None and (edge in (outcome, "done"))
