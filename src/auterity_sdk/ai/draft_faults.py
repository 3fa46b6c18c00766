"""What a draft may not hold, however right its numbers are: its own instructions, addresses, and words that bind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from auterity_sdk.ai.statements.plain import plain

QUOTE = 8
"""So many words in a row of the instructions are a quotation of them."""

_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\b[a-z0-9.+_-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")

# What a seller is held to: Uniform Commercial Code 2-204 (an offer), 2-313 (a warranty by what is promised), and
# 12 CFR 1002.2(c) (a decision on credit). A model says none of these on its own.
_BINDS = re.compile(
    r"\b(?:legally )?binding\b|\bno takesies\b"
    r"|\b(?:we|i|and) (?:hereby )?(?:guarantee|warrant|promise|agree to|accept your offer|will honou?r)\b"
    r"|\bguaranteed\b|\b(?:deal|offer)(?: is)? accepted\b|\bwe have a deal\b|\bit'?s a deal\b"
    r"|\b(?:you are|you'?re|you have been|been|is) (?:pre-?)?approved\b|\bloan is approved\b"
    r"|\b(?:for|is|are|at no|completely|totally) (?:free|no charge|no cost)\b|\bfree of charge\b|\bat no (?:extra )?(?:cost|charge)\b"
    r"|\b(?:le )?garantiza(?:mos|do)?\b|\bprometemos\b|\bes vinculante\b|\btrato hecho\b"
    r"|\b(?:esta|ha sido|queda) aprobad[oa]\b|\bgratis\b|\bsin costo\b",
    re.IGNORECASE,
)


def draft_faults(text: str, instructions: str, known: Iterable[str]) -> Iterator[str]:
    """What is wrong with a draft, as the model is told. `known` are the facts as text: what they say may be said.

    Judged by its letters as a reader sees them, so that look-alikes and invisible marks hide nothing.
    """
    facts = " ".join(_seen(fact) for fact in known)
    seen = _seen(text)
    for found in _ADDRESS.finditer(seen):
        address = found.group().rstrip(".,;:!?)")
        if address not in facts:
            yield f"it gives the address `{address}`, which is no fact"
    for found in _BINDS.finditer(seen):
        before = seen[: found.start()].split()[-2:]
        if " ".join([*before, found.group()]) not in facts:
            yield f"it says `{found.group()}`, which binds the dealership, and is no fact"
    quoted = _quotation(seen, _seen(instructions), facts)
    if quoted:
        yield f"it quotes its instructions: `{quoted}`"


def _seen(text: str) -> str:
    return " ".join(plain(text).text.lower().split())


def _quotation(text: str, instructions: str, facts: str) -> str:
    words, told = _WORD.findall(text), " ".join(_WORD.findall(instructions))
    given = " ".join(_WORD.findall(facts))
    for start in range(len(words) - QUOTE + 1):
        part = " ".join(words[start : start + QUOTE])
        if part in told and part not in given:
            return part
    return ""
