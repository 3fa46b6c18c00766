"""Looks for runs of one graph on which a statement holds; statements of all its guarantees share one solver."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from auterity_sdk.checks.facts.happening import Happening
from auterity_sdk.checks.guarantees.moments import Moments
from auterity_sdk.checks.soundness.clauses import Clauses, Search
from auterity_sdk.checks.soundness.faults import failures
from auterity_sdk.checks.soundness.model import Model
from auterity_sdk.checks.soundness.states import States
from auterity_sdk.workflow.signature import DONE

CONFLICTS = 200_000
"""The searches of one guarantee give up after so many contradictions."""

Holds = Callable[[int], bool]
"""Whether a statement holds on the run that was found."""


class TooMuchError(Exception):
    """A search gave up."""


class Prover:
    """Of one graph in which nothing is cancelled. Runs that the soundness rules refuse are left out."""

    def __init__(self, model: Model, *, in_body: bool, budget: int = CONFLICTS) -> None:
        self.model = model
        self.algebra = Clauses()
        self.states: States[int] = States(model, self.algebra)
        self.moments: Moments[int] = Moments(self.states, in_body=in_body)
        self._search = Search(self.algebra, budget)
        self._inside: dict[Happening, int] = {}
        negate = self.algebra.negate
        wrong = failures(self.states, ())
        self._sound = [negate(held) for fault, held in wrong if fault.kind != "no_end"]
        self._well = [negate(self.states.failing), *(negate(held) for _, held in wrong)]

    def moment(self, held: int) -> Holds | None:
        """A moment of any run, those included that fail or are cancelled later."""
        return self._found(held, [*self._sound, *self.moments.possible])

    def run(self, held: int) -> Holds | None:
        """A run that ends well."""
        return self._found(held, self._well)

    def on_run(self, what: Happening) -> int:
        """It happens some time on a run that ends well."""
        if what.step is None:
            return self.algebra.true
        if what.inside:
            ever = self._inside.setdefault(what, self.algebra.fresh())
            return self.algebra.both(self.states.runs[what.step], ever)
        ended = self.states.ended[what.step]
        if what.outcome is None:
            return self.states.runs[what.step]
        if what.outcome == DONE:
            return self.algebra.either(*ended.values())
        return ended.get(what.outcome, self.algebra.false)

    def close(self) -> None:
        """Free the solver."""
        self._search.close()

    def _found(self, held: int, assumed: Sequence[int]) -> Holds | None:
        found = self._search.run_with([held], assumed)
        if self._search.exhausted:
            raise TooMuchError
        return None if found is None else found.__contains__
