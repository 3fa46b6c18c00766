"""What the steps of a workflow declare, gathered once for all rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auterity_sdk.checks.dataflow.values import effects_of
from auterity_sdk.workflow.declaration import Effect
from auterity_sdk.workflow.demand import Pattern
from auterity_sdk.workflow.graph import Node


class Declared:
    """The effects of all steps by their kind, and the names of the duties that some step raises."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._by_kind: dict[str, list[tuple[Node, Effect, dict[str, str | None]]]] = {}
        raised: set[str] = set()
        for node in nodes:
            for effect, details in effects_of(node):
                self._by_kind.setdefault(effect.kind, []).append((node, effect, details))
            if node.signature is not None:
                raised.update(duty.name for duty in node.signature.declares.raises)
        self.raised = frozenset(raised)

    def fitting(self, on: Pattern) -> Iterator[tuple[Node, Effect]]:
        """The effects that fit a pattern, with their steps."""
        for node, effect, details in self._by_kind.get(on.kind, ()):
            if on.fits(effect.kind, details):
                yield node, effect
