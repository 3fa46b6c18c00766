"""Things side by side, each as near as can be to where it would like to be."""

from __future__ import annotations

from collections.abc import Sequence

GAP = 18.0
"""Between two neighbours, in pixels."""


def placed(
    wanted: Sequence[float], widths: Sequence[float], weights: Sequence[float]
) -> list[float]:
    """The middles of things in a row, in their order and apart.

    The sum of the squares of how far each is from `wanted`, times its weight, is the least that there is: neighbours
    that would overlap are moved as one (pool adjacent violators).
    """
    offsets = _offsets(widths)
    blocks: list[tuple[float, float, int]] = []  # the middle of a block, its weight, its size
    for want, offset, weight in zip(wanted, offsets, weights, strict=True):
        middle, heavy, size = want - offset, weight, 1
        while blocks and blocks[-1][0] > middle:
            other, more, length = blocks.pop()
            middle = (middle * heavy + other * more) / (heavy + more)
            heavy, size = heavy + more, size + length
        blocks.append((middle, heavy, size))
    middles = [middle for middle, _, size in blocks for _ in range(size)]
    return [middle + offset for middle, offset in zip(middles, offsets, strict=True)]


def _offsets(widths: Sequence[float]) -> list[float]:
    """Where things would stand that touch but for the gap, the first at 0."""
    offsets: list[float] = []
    for index, width in enumerate(widths):
        before = offsets[-1] + widths[index - 1] / 2 + GAP + width / 2 if index else 0.0
        offsets.append(before)
    return offsets
