"""The path coverage of one workflow: how often its tests exercised each element, and what no run can come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from auterity_sdk.checks.check import Checked
from auterity_sdk.errors import InvalidWorkflow
from auterity_sdk.runs.events import Event
from auterity_sdk.testing.coverage.elements import Element, Kind, elements
from auterity_sdk.testing.coverage.exercised import Exercised
from auterity_sdk.testing.coverage.suggestions import Suggestion, suggestions
from auterity_sdk.workflow.graph import Graph


class Coverage(Struct, frozen=True):
    """Of one workflow. `runs` counts, for each element that some run can come to, the runs that did.

    `suggested` has, for each that none did, the choices that lead there. `impossible` are left out of all counts.
    """

    workflow: str
    graph: Graph
    runs: Mapping[Element, int]
    suggested: Mapping[Element, Suggestion]
    impossible: tuple[Element, ...]

    @property
    def percent(self) -> float:
        """How much is covered, from 0 to 100; all of nothing is covered."""
        return share(*self.count())

    @property
    def missing(self) -> tuple[Element, ...]:
        """What no run came to, though one can."""
        return tuple(element for element, count in self.runs.items() if not count)

    def count(self, kind: Kind | None = None) -> tuple[int, int]:
        """How many are covered, and how many there are, of one kind or in all."""
        found = [count for element, count in self.runs.items() if kind in (None, element.kind)]
        return sum(count > 0 for count in found), len(found)


def share(covered: int, number: int) -> float:
    """Percent, cut after the first decimal, so that only all is 100."""
    return 100.0 if covered == number else int(1000 * covered / number) / 10


def coverage(checked: Checked, journals: Iterable[Iterable[Event]]) -> Coverage:
    """The coverage of a checked workflow by runs of it. Raises `InvalidWorkflow` for one without a graph."""
    if checked.workflow is None or checked.graph is None:
        raise InvalidWorkflow("a workflow that cannot be read has no coverage")
    counts: Counter[Element] = Counter()
    for journal in journals:
        counts.update(set(Exercised(checked.graph).elements(journal)))
    known = dict.fromkeys(elements(checked.graph))
    missing = [element for element in known if not counts[element]]
    found = suggestions(checked.subject, missing)
    impossible = tuple(e for e in missing if e in found and found[e].choices is None)
    return Coverage(
        checked.workflow.name,
        checked.graph,
        {element: counts[element] for element in known if element not in impossible},
        {element: each for element, each in found.items() if each.choices is not None},
        impossible,
    )
