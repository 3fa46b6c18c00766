"""Statements as clauses for a SAT solver, where the runs are too many for a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol


class Solver(Protocol):
    """What is used of `pysat.solvers.Solver`."""

    def append_formula(self, formula: list[list[int]]) -> object:
        """Add clauses."""
        ...

    def conf_budget(self, budget: int) -> object:
        """Bound the next search."""
        ...

    def solve_limited(self, assumptions: list[int]) -> bool | None:
        """Whether there is a model; None where the bound was met."""
        ...

    def get_model(self) -> list[int]:
        """The model that was found."""
        ...

    def accum_stats(self) -> dict[str, int]:
        """What was done so far; `conflicts` among it."""
        ...

    def delete(self) -> object:
        """Free the memory."""
        ...


def _new_solver() -> Solver:
    # Here, since most workflows need no solver.
    from pysat.solvers import Minisat22  # type: ignore[import-untyped]

    made: Solver = Minisat22()
    return made


class Clauses:
    """A statement is a literal; each new one is defined by clauses, and no two are alike."""

    true = 1
    false = -1

    def __init__(self) -> None:
        self._last = 1
        self._pending: list[list[int]] = [[1]]
        self._known: dict[tuple[int, ...], int] = {}

    def fresh(self) -> int:
        """A new variable."""
        self._last += 1
        return self._last

    def negate(self, part: int) -> int:
        """The opposite literal."""
        return -part

    def either(self, *parts: int) -> int:
        """The literal of a disjunction."""
        return -self.both(*(-part for part in parts))

    def both(self, *parts: int) -> int:
        """The literal of a conjunction."""
        wanted = set(parts)
        wanted.discard(self.true)
        if self.false in wanted or any(-part in wanted for part in wanted):
            return self.false
        if len(wanted) < 2:
            return next(iter(wanted), self.true)
        key = tuple(sorted(wanted))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self.fresh()
            self._pending.extend([-known, part] for part in key)
            self._pending.append([known, *(-part for part in key)])
        return known

    def taken(self) -> list[list[int]]:
        """The clauses since the last time."""
        found, self._pending = self._pending, []
        return found


class Search:
    """Looks for runs on which statements hold. Gives up after `budget` conflicts in all."""

    def __init__(self, clauses: Clauses, budget: int) -> None:
        self._clauses = clauses
        self._budget = budget
        self._solver = _new_solver()
        self.exhausted = False

    def run_with(self, any_of: Sequence[int], all_of: Iterable[int] = ()) -> frozenset[int] | None:
        """The literals that hold on a run with one of the first and all of the others; None if there is none.

        None with `exhausted` set: it was not found out.
        """
        wanted = self._clauses.either(*any_of)
        self._solver.append_formula(self._clauses.taken())
        left = self._budget - self._solver.accum_stats()["conflicts"]
        self._solver.conf_budget(max(left, 1))
        found = self._solver.solve_limited(assumptions=[wanted, *all_of])
        if found is None:
            self.exhausted = True
        return frozenset(self._solver.get_model()) if found else None

    def close(self) -> None:
        """Free the solver."""
        self._solver.delete()
