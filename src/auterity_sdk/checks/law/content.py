"""What texts must hold, and must not: told by their own words, and by the labels of what is put into them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct, field

from auterity_sdk.checks.dataflow.values import raw_argument
from auterity_sdk.checks.rule import Finding
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.declaration import Argument
from auterity_sdk.workflow.demand import Pattern
from auterity_sdk.workflow.graph import Node


class Part(Struct, frozen=True, dict=True):
    """Something in a text: words that `pattern` finds, or a value with the label `label`."""

    says: str
    pattern: str
    label: str = ""

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    def stands_in(self, text: str, labels: frozenset[str]) -> bool:
        """Whether it is there."""
        return self.label in labels or self._compiled.search(text) is not None


class Carries(Struct, frozen=True):
    """The text that effects fitting `on` name by one of `roles` holds all of `parts`, where it holds one of `once`.

    Without `once` it always must. `never` may not be in it at all.
    """

    on: Pattern
    says: str
    parts: tuple[Part, ...] = ()
    once: tuple[Part, ...] = ()
    never: tuple[Part, ...] = ()
    roles: tuple[str, ...] = field(default=("text",))

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Texts that lack a part, or hold one that they may not."""
        for node, effect in subject.declared.fitting(self.on):
            for role in self.roles:
                argument = effect.details.get(role)
                if isinstance(argument, Argument):
                    yield from self._text(subject, node, argument)

    def _text(self, subject: Subject, node: Node, argument: Argument) -> Iterator[Finding]:
        written = raw_argument(node, argument)
        if not isinstance(written, str):
            return
        held = subject.labels.of_argument(node, argument.name)
        place = Location((*node.path, "with", argument.name))
        triggers = [part.says for part in self.once if part.stands_in(written, held)]
        if self.once and not triggers:
            return
        because = f", which speaks of {triggers[0]}," if triggers else ""
        for part in self.parts:
            if not part.stands_in(written, held):
                yield Finding(f"{self.says} in `{node.id}`{because} lacks {part.says}", place)
        for part in self.never:
            if part.stands_in(written, held):
                yield Finding(f"{self.says} in `{node.id}` holds {part.says}", place)
