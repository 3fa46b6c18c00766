"""Vectors of texts without a model: their words and parts of words, hashed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import sqrt
from zlib import crc32

from auterity_sdk.ai.offline.words import STOPWORDS, stem, words

DIMENSIONS = 512
EMBEDDING_MODEL = "hashed-1"
"""The name of these vectors; another way of reckoning them gets another."""

_WORD_WEIGHT = 1.0
_PAIR_WEIGHT = 0.5
_PART_WEIGHT = 0.3
_PART = 4


def embed(text: str) -> tuple[float, ...]:
    """A vector of length 1, the same for the same text on every machine; all zero where no word is in the text.

    Texts that share words, or parts of words, are near each other; those that mean the same by other words are not.
    """
    sums = [0.0] * DIMENSIONS
    counts = Counter(_features(text))
    for (feature, weight), count in counts.items():
        hashed = crc32(feature.encode())
        sign = 1.0 if hashed & 0x80000000 else -1.0
        sums[hashed % DIMENSIONS] += sign * weight * (1 + count) ** 0.5
    length = sqrt(sum(value * value for value in sums))
    return tuple(value / length for value in sums) if length else tuple(sums)


def _features(text: str) -> Iterator[tuple[str, float]]:
    said = [word for word in words(text) if word not in STOPWORDS]
    stemmed = [stem(word) for word in said]
    for each in stemmed:
        yield each, _WORD_WEIGHT
    for first, second in pairwise(stemmed):
        yield f"{first} {second}", _PAIR_WEIGHT
    for word in said:
        marked = f"^{word}$"
        for begin in range(len(marked) - _PART + 1):
            yield f"#{marked[begin : begin + _PART]}", _PART_WEIGHT
