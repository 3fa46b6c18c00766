"""Judges a text that a model wrote for a customer: it states what is known, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from auterity_sdk.ai.draft_faults import draft_faults
from auterity_sdk.ai.statements.facts import Fact, facts_of
from auterity_sdk.ai.statements.unfounded import unfounded
from auterity_sdk.dealership.plain_text import clean_text
from auterity_sdk.steps.asking import Misfit
from auterity_sdk.steps.context import StepContext


class FoundedText(Struct, frozen=True):
    """What a text may state. `known` are texts that may be quoted, `instructions` one that may not.

    `longest` bounds it in characters; 0 is no bound.
    """

    facts: tuple[Fact, ...]
    known: tuple[str, ...]
    instructions: str
    now: datetime
    language: str
    longest: int

    @classmethod
    def of(
        cls,
        facts: Mapping[str, Any],
        known: tuple[str, ...],
        instructions: str,
        context: StepContext,
        language: str,
        longest: int,
    ) -> FoundedText:
        """By facts as plain data; moments are meant in the dealership's time zone."""
        now = context.now.astimezone(context.zone)
        founded = tuple(facts_of(facts, context.zone))
        return cls(founded, known, instructions, now, language, longest)

    def read(self, text: str) -> str:
        """The text, without characters that nobody sees. Raises `Misfit` for one that may not be sent."""
        said = clean_text(text)
        problems = [
            f"it states `{each.text}`, but {each.why}"
            for each in unfounded(said, self.facts, self.now, language=self.language)
        ]
        problems += draft_faults(said, self.instructions, self.known)
        if self.longest and len(said) > self.longest:
            problems.append(f"it is {len(said)} characters long, {self.longest} are the most")
        if problems or not said:
            raise Misfit(problems or ["it is empty"])
        return said
