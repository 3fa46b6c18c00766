"""Whether something happens later than a limit after something else, as a statement about runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from auterity_sdk.checks.facts.happening import Happening
from auterity_sdk.checks.guarantees.durations import bounds
from auterity_sdk.checks.guarantees.prover import Prover, TooMuchError
from auterity_sdk.checks.soundness.algebra import at_least
from auterity_sdk.checks.soundness.model import Step
from auterity_sdk.workflow.graph import NeedGroup
from auterity_sdk.workflow.needs import Edge, JoinKind
from auterity_sdk.workflow.signature import DONE

MOST = 20_000
"""So many pairs of a step and a limit are looked at."""

DEEPEST = 100
"""Half so many steps in a row are followed."""


class Lateness:
    """Counts from `since`: with the longest durations (`longest`), or with the shortest.

    With the shortest, what does not follow from `since` is never late; with the longest, it may begin with it.
    """

    def __init__(self, prover: Prover, since: Happening, *, longest: bool) -> None:
        self._prover = prover
        self._algebra = prover.algebra
        self._since = since
        self.longest = longest
        moments = prover.moments
        self._past = (
            frozenset[str]() if since.step is None else moments.precedence.causes(since.step)
        )
        self._known: dict[tuple[str, float, str], int] = {}
        self._depth = 0

    def of(self, what: Happening, limit: float) -> int:
        """It happens, and later than `limit` milliseconds."""
        algebra, held = self._algebra, self._prover.on_run(what)
        if what.step is None:
            return algebra.false
        if what.outcome is None:
            return algebra.both(held, self._starts(what.step, limit))
        if what.outcome == DONE:
            return self._ends(what.step, limit)
        late = self._ends_in(what.step, what.outcome, limit)
        return algebra.both(held, late)

    def length(self, step: str, outcome: str) -> float:
        """How long the step takes."""
        found = bounds(self._prover.model.steps[step].node, outcome)
        return found.most if self.longest else found.least

    def counts(self, step: str) -> bool:
        """Whether the step comes to stand behind `since`, or may."""
        since = self._since.step
        if since is None or step == since:
            return True
        return self.longest or since in self._prover.moments.precedence.causes(step)

    def begins_with(self, step: str) -> bool:
        """Whether it is the start of the step that is counted from."""
        return step == self._since.step and self._since.outcome is None

    def past(self, step: str) -> bool:
        """Whether the step has ended when `since` happens."""
        over = step == self._since.step and self._since.outcome is not None
        return over or step in self._past

    def _starts(self, step: str, limit: float) -> int:
        if not self.counts(step) or (limit >= 0 and (self.past(step) or step == self._since.step)):
            return self._algebra.false
        if limit < 0:
            return self._algebra.true
        return self._remembered(self._late_start, step, limit)

    def _ends(self, step: str, limit: float) -> int:
        if not self.counts(step) or (limit >= 0 and self.past(step)):
            return self._algebra.false
        return self._late_end(step, limit)

    def _ends_in(self, step: str, outcome: str, limit: float) -> int:
        if limit >= 0 and self.past(step):
            return self._algebra.false
        return self._starts(step, limit - self.length(step, outcome))

    def _remembered(self, what: Callable[[Step, float], int], step: str, limit: float) -> int:
        key = (step, limit, what.__name__)
        if key not in self._known:
            if len(self._known) >= MOST or self._depth >= DEEPEST:
                raise TooMuchError
            self._depth += 1
            self._known[key] = what(self._prover.model.steps[step], limit)
            self._depth -= 1
        return self._known[key]

    def _late_start(self, step: Step, limit: float) -> int:
        groups = (self._met_late(group, limit) for group in step.needs)
        reads = (self._settles(read, limit) for read in step.waits)
        return self._algebra.either(*groups, *reads, *self._begun_late(step, limit))

    def _begun_late(self, step: Step, limit: float) -> Iterator[int]:
        """A `watch` begins with the first of several, which is soon enough wherever durations are the shortest."""
        for each in step.since if self.longest else ():
            if each.step is not None:
                yield self._ends(each.step, limit) if each.inside else self.of(each, limit)

    def _late_end(self, step: str, limit: float) -> int:
        ended = self._prover.states.ended[step]
        return self._algebra.either(
            *(
                self._algebra.both(held, self._ends_in(step, outcome, limit))
                for outcome, held in ended.items()
            )
        )

    def _settles(self, step: str, limit: float) -> int:
        """It ends late, or it is known late that it is not reached."""
        if not self.counts(step) or (limit >= 0 and self.past(step)):
            return self._algebra.false
        return self._remembered(self._late_settled, step, limit)

    def _late_settled(self, made: Step, limit: float) -> int:
        algebra, groups, step = self._algebra, made.needs, made.id
        known = algebra.either(*(self._unmet_soon(group, limit) for group in groups))
        never = algebra.negate(self._prover.states.met[step])
        late = algebra.both(never, algebra.negate(known)) if groups else algebra.false
        return algebra.either(self._ends(step, limit), late)

    def _met_late(self, group: NeedGroup, limit: float) -> int:
        settles = [self._settles(edge.step, limit) for edge in group.edges]
        if group.kind in (None, JoinKind.ANY):
            return self._algebra.either(*settles)
        return self._algebra.negate(
            at_least(self._algebra, group.count, self._soon(group, settles))
        )

    def _soon(self, group: NeedGroup, late: Sequence[int]) -> list[int]:
        return [
            self._algebra.both(self._prover.states.edge(edge), self._algebra.negate(each))
            for edge, each in zip(group.edges, late, strict=True)
        ]

    def _unmet_soon(self, group: NeedGroup, limit: float) -> int:
        def unmet(edge: Edge) -> int:
            met = self._algebra.either(
                self._prover.states.edge(edge), self._settles(edge.step, limit)
            )
            return self._algebra.negate(met)

        wanted = group.count if group.kind is JoinKind.AT_LEAST else 1
        edges = [unmet(edge) for edge in group.edges]
        return at_least(self._algebra, len(edges) - wanted + 1, edges)
