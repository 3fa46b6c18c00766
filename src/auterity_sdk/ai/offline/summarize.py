"""Shortens a text to the sentences that say most of it."""

from __future__ import annotations

from collections import Counter
from math import sqrt

from auterity_sdk.ai.offline.words import sentences, stems

_FIRST = 1.2
"""The first sentence says more than its words do."""


def summarize(text: str, count: int) -> str:
    """The `count` sentences whose words are most of the text's, in their order and as they stand."""
    found = sentences(text)
    if len(found) <= count:
        return " ".join(found)
    weights = Counter(each for sentence in found for each in set(stems(sentence)))
    best = sorted(
        range(len(found)), key=lambda place: (-_score(found[place], place, weights), place)
    )
    return " ".join(found[place] for place in sorted(best[: max(count, 0)]))


def _score(sentence: str, place: int, weights: Counter[str]) -> float:
    said = set(stems(sentence))
    score = sum(weights[each] for each in said) / sqrt(len(said) + 3.0)
    return score * (_FIRST if place == 0 else 1.0)
