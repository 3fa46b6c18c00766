"""Did you mean: the nearest of many names to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

MEASURED = 100
"""Candidates whose distance is measured: those that begin and end most like the word."""


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` most likely stands for, or None if none is near.

    Ties go to the alphabetically first, so that the answer does not depend on the order given.
    """
    if not word:
        return None
    folded = word.casefold()
    near = {name for name in candidates if name != word and _may_be_near(folded, name.casefold())}
    likely = sorted(near, key=lambda name: (-_shared(folded, name.casefold()), name))[:MEASURED]
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
