"""Rounds of measurements that take turns, so that a busy moment of the machine slows all of them alike.

What is told is processor time: that of a quiet core, where the works only compute.
"""

from __future__ import annotations

import gc
import os
import resource
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Measured = Mapping[str, Sequence[float]]
"""Seconds of each round, by what was measured."""

_WIDTH = 82

Work = Callable[[], object]
Prepare = Callable[[int], Work]
"""Makes the work of a round, by its number; only the work is timed."""


@dataclass(frozen=True)
class Line:
    """One comparison. `found` and `target` are in `unit`; less is better, and no target is none."""

    what: str
    found: float
    target: float | None
    unit: str

    def __str__(self) -> str:
        shown = f"  {self.what:<{_WIDTH}} {self.found:8.2f} {self.unit:<2}"
        if self.target is None:
            return shown
        verdict = "met" if self.found <= self.target else "missed"
        return f"{shown}  target {self.target:g} {self.unit}: {verdict}"


def seconds(work: Work) -> float:
    """The processor seconds of one call, and of the processes that it started and waited for."""
    start = _processor_seconds()
    work()
    return _processor_seconds() - start


def _processor_seconds() -> float:
    spent = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in spent)


def interleaved(rounds: int, works: Mapping[str, Prepare]) -> Measured:
    """Run each work once a round, in turn, after one round that does not count."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, prepare in works.items():
            work = prepare(number)
            gc.collect()
            taken = seconds(work)
            if number:
                found[name].append(taken)
    return found


def ratio(measured: Measured, one: str, other: str) -> float:
    """The median of the rounds' own ratios."""
    return median(a / b for a, b in zip(measured[one], measured[other], strict=True))


def more(measured: Measured, one: str, other: str) -> float:
    """By how many seconds `one` takes longer: the median of the rounds' own differences."""
    return median(a - b for a, b in zip(measured[one], measured[other], strict=True))


def show(title: str, measured: Measured, lines: Sequence[Line]) -> None:
    """Print a table: median, least and most of each in milliseconds, then the comparisons."""
    rounds = len(next(iter(measured.values())))
    print(f"{title}: {rounds} rounds, taking turns; load {_load()}")
    print(f"  {'milliseconds of processor time':<{_WIDTH}} {'median':>8} {'least':>8} {'most':>8}")
    for name, taken in measured.items():
        shown = " ".join(
            f"{value * 1000:8.1f}" for value in (median(taken), min(taken), max(taken))
        )
        print(f"  {name:<{_WIDTH}} {shown}")
    for line in lines:
        print(line)


def _load() -> str:
    """How busy the machine is: waiting processes of the last minute, beside its cores."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
