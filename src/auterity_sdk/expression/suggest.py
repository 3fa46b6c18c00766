"""Did you mean: the nearest of many names to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

MEASURED = 100
"""Candidates whose distance is measured: those that begin and end most like the word."""

LONGEST = 200
"""Letters of a word beyond which nothing is proposed: no name is that long."""

WORK = 4_000_000
"""What one `Suggestions` spends, counted in cells of the tables of distances: about a second."""

_TO_FILTER, _TO_MEASURE = 12, 60
"""Cells that it costs to look at a candidate, and to measure one besides its table."""


class Suggestions:
    """`did_you_mean` for one document: one full of mistakes takes no long look, its later ones get no proposal."""

    def __init__(self, work: int = WORK) -> None:
        self._left = work

    def nearest(self, word: str, candidates: Iterable[str]) -> str | None:
        """The candidate that `word` most likely stands for; None also when the work is spent.

        No candidate is asked for then.
        """
        if self._left <= 0:
            return None
        names = list(candidates)
        self._left -= _TO_FILTER * len(names)
        if self._left < 0:
            return None
        likely = _likely(word, names)
        self._left -= sum(_TO_MEASURE + len(word) * len(name) for name in likely)
        return _nearest(word, likely)


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` most likely stands for, or None if none is near.

    Ties go to the alphabetically first, so that the answer does not depend on the order given.
    """
    return _nearest(word, _likely(word, candidates))


def _likely(word: str, candidates: Iterable[str]) -> list[str]:
    if not word or len(word) > LONGEST:
        return []
    folded = word.casefold()
    near = {name for name in candidates if name != word and _may_be_near(folded, name.casefold())}
    return sorted(near, key=lambda name: (-_shared(folded, name.casefold()), name))[:MEASURED]


def _nearest(word: str, likely: Iterable[str]) -> str | None:
    folded = word.casefold()
    ranked = sorted((_distance(folded, name.casefold(), word, name), name) for name in likely)
    return ranked[0][1] if ranked and ranked[0][0] <= _allowed(len(word)) else None


def _allowed(length: int) -> float:
    return 1 if length < 4 else 2 if length < 8 else 3


def _may_be_near(word: str, name: str) -> bool:
    """Cheap and never wrong in the negative: edits bound the difference in length and in letters."""
    allowed = _allowed(len(word))
    if abs(len(word) - len(name)) > allowed:
        return False
    letters = set(name)
    return sum(letter not in letters for letter in set(word)) <= allowed


def _shared(word: str, name: str) -> int:
    """How many letters the two have in common from the left, and from the right."""
    return _common(word, name) + _common(word[::-1], name[::-1])


def _common(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _distance(folded: str, name: str, word: str, original: str) -> float:
    """Optimal string alignment (a swap of neighbours is one edit); ties prefer the same shape."""
    before: list[int] = []
    row = list(range(len(name) + 1))
    for i, letter in enumerate(folded, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(name, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == name[j - 2] and folded[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1] - 0.5 * SequenceMatcher(None, word, original).ratio()
