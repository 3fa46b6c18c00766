"""Joins rankings of the same things that were reckoned in different ways."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

Ranked = TypeVar("Ranked", bound=Hashable)

SMOOTHING = 60
"""How little the first places count more than those behind them (Cormack, Clarke and Büttcher 2009)."""


def fused(rankings: Sequence[Sequence[Ranked]]) -> list[tuple[Ranked, float]]:
    """All that is ranked with its score, the best first: reciprocal rank fusion. Of equal ones the first to come is."""
    scores: dict[Ranked, float] = {}
    for ranking in rankings:
        for place, each in enumerate(ranking, start=1):
            scores[each] = scores.get(each, 0.0) + 1 / (SMOOTHING + place)
    return sorted(scores.items(), key=lambda scored: -scored[1])
