"""What must be known before an effect: the same data for the checks and for the engine's gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from auterity_sdk.workflow.declaration import Declaration, Effect

Words = tuple[str, ...]

MISSING_FACT = "AUT610"
"""The rule on facts that a step type itself says it requires."""

INBOUND = "inbound"
"""The fact that somebody has just written or asked: a run began that no schedule starts, or an event was received."""

INBOUND_LIFETIME = 15 * 60_000
"""How long an answer counts as one, in milliseconds."""


class Pattern(Struct, frozen=True):
    """Effects of a kind, whose details are among given words. A detail that an effect lacks fits none."""

    kind: str
    details: Mapping[str, Words] = field(default_factory=dict)

    def fits(self, kind: str, details: Mapping[str, str | None]) -> bool:
        """Whether an effect is one of these. A detail of which nobody knows the value (None) fits."""
        if kind != self.kind:
            return False
        return all(
            name in details and (details[name] is None or details[name] in words)
            for name, words in self.details.items()
        )


class Needed(Struct, frozen=True):
    """A fact that meets a demand. A fact without one of the details holds for any of its words.

    `of_subject`: it must be known of the same value as the effect's subject, not of just any.
    """

    fact: str
    details: Mapping[str, Words] = field(default_factory=dict)
    of_subject: bool = True

    def __hash__(self) -> int:
        return hash((self.fact, tuple(sorted(self.details.items())), self.of_subject))

    def met_by(self, details: Mapping[str, str | None]) -> bool:
        """Whether a fact of that name with such details will do."""
        return all(
            details.get(name, "") is not None and details.get(name, words[0]) in words
            for name, words in self.details.items()
        )


class Demand(Struct, frozen=True):
    """One of the facts `any_of` must be known, and not be too old, just before each effect that fits.

    `rule` is the code of the rule that demands it.
    """

    rule: str
    on: Pattern
    any_of: tuple[Needed, ...]


def required(declared: Declaration) -> Iterator[tuple[Effect, Demand]]:
    """What a step type itself requires, as an effect of its own and the demand that comes with it."""
    for fact in declared.requires:
        kind = f"requires {fact.name}"
        subjects = () if fact.subject is None else (fact.subject,)
        words = {name: (word,) for name, word in fact.details.items() if isinstance(word, str)}
        needed = Needed(fact.name, words, of_subject=bool(subjects))
        yield Effect(kind, subjects), Demand(MISSING_FACT, Pattern(kind), (needed,))
