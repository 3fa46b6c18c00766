"""The gate before an effect: the facts that a run's steps have given, and whether those that are demanded are among them.

Facts are bound to values by a digest. The checks prove that they are there; here they are, whatever the checks were told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from auterity_sdk.errors import StepError
from auterity_sdk.workflow.declaration import Argument, Details, Effect, Fact
from auterity_sdk.workflow.demand import INBOUND, INBOUND_LIFETIME, Demand, Needed, required
from auterity_sdk.workflow.signature import Signature

GATE_MISSING = "gate_missing"
"""The type of error of a step that was stopped before its effect."""

Arguments = Mapping[str, Any]


class Known(Struct, frozen=True):
    """A fact of a run: of the value with the digest `of`, until the time `until`; None is for good."""

    fact: str
    of: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    until: int | None = None

    def is_of(self, fact: str, of: str) -> bool:
        """Whether it is that fact of that value; an empty digest is of any."""
        return self.fact == fact and (not of or not self.of or self.of == of)

    def holds(self, needed: Needed, of: str, now: int) -> bool:
        """Whether it is what is needed, for this value, at this time."""
        if self.fact != needed.fact or (self.until is not None and now > self.until):
            return False
        return (not needed.of_subject or self.of in ("", of)) and needed.met_by(self.details)


class Gate(Struct, frozen=True):
    """What a step's type declares, as far as runs need it; `demands` are those that its effects may fall under."""

    defaults: Arguments
    effects: tuple[Effect, ...]
    gives: tuple[Fact, ...]
    withdraws: tuple[Fact, ...]
    demands: tuple[Demand, ...]

    def given(self, arguments: Any, outcome: str, now: int) -> list[Known]:
        """The facts that the step gives by ending so."""
        return [
            Known(
                fact.name,
                self._digest(arguments, fact.subject),
                self._words(arguments, fact.details),
                None if fact.lifetime is None else now + fact.lifetime.milliseconds,
            )
            for fact in self._that_apply(self.gives, arguments, outcome)
        ]

    def withdrawn(self, arguments: Any, outcome: str) -> list[list[str]]:
        """The facts that no longer hold once the step has ended so: each its name, and the digest of its value."""
        return [
            [fact.name, self._digest(arguments, fact.subject)]
            for fact in self._that_apply(self.withdraws, arguments, outcome)
        ]

    def check(self, arguments: Any, known: Sequence[Known], now: int) -> None:
        """Raise `StepError` of type `gate_missing` that names what is lacking, if something is."""
        for demand, of in self._demanded(arguments):
            if not _meeting(demand, of, known, now):
                raise _missing(demand)

    def until(self, arguments: Any, known: Sequence[Known], begun: int) -> int | None:
        """Until when the effects may begin of a step that has begun; None if for good."""
        ends: list[int] = []
        for demand, of in self._demanded(arguments):
            times = [fact.until for fact in _meeting(demand, of, known, begun)]
            if None not in times:
                ends.append(max((time for time in times if time is not None), default=begun - 1))
        return min(ends, default=None)

    def _demanded(self, arguments: Any) -> Iterator[tuple[Demand, str]]:
        for effect in self.effects:
            words: dict[str, str | None] = {**self._words(arguments, effect.details)}
            subjects: list[Argument | None] = [
                subject
                for subject in effect.subjects
                if self._value(arguments, subject) is not None
            ]
            for demand in self.demands:
                if demand.on.fits(effect.kind, words):
                    for subject in subjects or [None]:
                        yield demand, self._digest(arguments, subject)

    def _that_apply(self, facts: Iterable[Fact], arguments: Any, outcome: str) -> Iterator[Fact]:
        for fact in facts:
            fits = all(
                str(self._value(arguments, Argument(name))) in words
                for name, words in fact.when.items()
            )
            if fits and (not fact.on or outcome in fact.on):
                yield fact

    def _words(self, arguments: Any, details: Details) -> dict[str, str]:
        found = {
            name: detail if isinstance(detail, str) else self._value(arguments, detail)
            for name, detail in details.items()
        }
        return {name: str(value) for name, value in found.items() if value is not None}

    def _value(self, arguments: Any, at: Argument) -> Any:
        given = arguments if isinstance(arguments, Mapping) else {}
        value = given[at.name] if at.name in given else self.defaults.get(at.name)
        for member in at.members:
            value = value.get(member) if isinstance(value, Mapping) else None
        return value

    def _digest(self, arguments: Any, at: Argument | None) -> str:
        if at is None:
            return ""
        text = json.dumps(self._value(arguments, at), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def gate_of(signature: Signature | None, demands: Iterable[Demand]) -> Gate | None:
    """The gate of a step of that type; None where it neither gives facts nor has effects that are gated."""
    if signature is None:
        return None
    declared = signature.declares
    kinds = {effect.kind for effect in declared.effects}
    own = tuple(demand for demand in demands if demand.on.kind in kinds)
    asked = tuple(required(declared))
    own += tuple(demand for _, demand in asked)
    effects = (*declared.effects, *(effect for effect, _ in asked))
    if not (own or declared.gives or declared.withdraws):
        return None
    defaults = {
        name: parameter.default
        for name, parameter in signature.parameters.items()
        if not parameter.required
    }
    return Gate(defaults, effects, declared.gives, declared.withdraws, own)


def inbound(at: int) -> Known:
    """The fact that somebody has just written or asked."""
    return Known(INBOUND, until=at + INBOUND_LIFETIME)


def _meeting(demand: Demand, of: str, known: Sequence[Known], now: int) -> list[Known]:
    """The facts that meet a demand."""
    return [fact for fact in known for needed in demand.any_of if fact.holds(needed, of, now)]


def _missing(demand: Demand) -> StepError:
    facts = " or ".join(f"`{needed.fact}`" for needed in demand.any_of)
    return StepError(
        f"{facts} is not known of this value, or has expired ({demand.rule})", type=GATE_MISSING
    )
