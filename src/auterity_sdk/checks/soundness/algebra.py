"""What a statement about runs is made of: the meaning of a graph is written once, over any algebra."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Protocol, TypeVar

V = TypeVar("V")


class Algebra(Protocol[V]):
    """Statements that hold on some of the runs. Equal choices have equal statements."""

    false: V
    true: V

    def fresh(self) -> V:
        """A free choice. Its opposite comes first, and counts as the usual one."""
        ...

    def both(self, *parts: V) -> V:
        """All parts hold."""
        ...

    def either(self, *parts: V) -> V:
        """Some part holds."""
        ...

    def negate(self, part: V) -> V:
        """The part does not hold."""
        ...


def at_least(algebra: Algebra[V], count: int, parts: Sequence[V]) -> V:
    """At least so many parts hold: by counting up, in count times parts statements."""
    if count <= 0:
        return algebra.true
    if count > len(parts):
        return algebra.false
    if count == 1:
        return algebra.either(*parts)
    if count == len(parts):
        return algebra.both(*parts)
    reached = [algebra.false] * (count + 1)
    reached[0] = algebra.true
    for part in parts:
        for so_far in range(count, 0, -1):
            more = algebra.both(part, reached[so_far - 1])
            reached[so_far] = algebra.either(reached[so_far], more)
    return reached[count]


class Tables:
    """A statement is a bit for each run: all runs there are, or a sample of them."""

    def __init__(self, width: int, column: Callable[[int], int]) -> None:
        self.false = 0
        self.true = (1 << width) - 1
        self._column = column
        self._made = 0

    def fresh(self) -> int:
        """A free choice."""
        self._made += 1
        return self._column(self._made - 1)

    def both(self, *parts: int) -> int:
        """All parts hold."""
        found = self.true
        for part in parts:
            found &= part
        return found

    def either(self, *parts: int) -> int:
        """Some part holds."""
        found = 0
        for part in parts:
            found |= part
        return found

    def negate(self, part: int) -> int:
        """The part does not hold."""
        return self.true ^ part


def all_runs(choices: int) -> Tables:
    """Every combination of so many choices: a truth table."""
    width = 1 << choices

    def column(number: int) -> int:
        block = 1 << number
        return ((1 << width) - 1) // ((1 << 2 * block) - 1) * (((1 << block) - 1) << block)

    return Tables(width, column)


_BY_CHANCE = 256
_MOST_APART = 4_000


def some_runs(choices: int) -> Tables:
    """A sample, the same each time: the usual run, some by chance, and those in which one choice is unlike all others."""
    apart = min(choices, _MOST_APART)
    ones = (1 << apart) - 1

    def column(number: int) -> int:
        digest = sha256(str(number).encode()).digest() * (_BY_CHANCE // 256)
        chance = int.from_bytes(digest) & -2
        alone = 1 << (number % apart)
        return chance | (alone << _BY_CHANCE) | ((ones ^ alone) << (_BY_CHANCE + apart))

    return Tables(_BY_CHANCE + 2 * apart, column)


class Plain:
    """One run alone: a statement is true or false."""

    false = False
    true = True

    def fresh(self) -> bool:
        """A free choice."""
        return False

    def both(self, *parts: bool) -> bool:
        """All parts hold."""
        return all(parts)

    def either(self, *parts: bool) -> bool:
        """Some part holds."""
        return any(parts)

    def negate(self, part: bool) -> bool:
        """The part does not hold."""
        return not part
