"""A workflow's picture, coloured by what its tests exercised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from auterity_sdk.testing.coverage.coverage import Coverage
from auterity_sdk.testing.coverage.elements import Element
from auterity_sdk.workflow.render import Mark, Marks, svg

LEGEND: tuple[tuple[str, Mark], ...] = (
    ("covered", "full"),
    ("covered in part", "part"),
    ("not covered", "none"),
)


def picture(covered: Coverage) -> str:
    """The picture as SVG."""
    title = f"{covered.workflow}: {covered.percent:g} % covered"
    return svg(covered.graph, covered.workflow, _marks(covered, title))


def _marks(covered: Coverage, title: str) -> Marks:
    runs = covered.runs
    by_step: dict[str, list[Element]] = {}
    arrows: dict[tuple[str, str, str], Mark] = {}
    ends: dict[str, list[int]] = {}
    for element, count in runs.items():
        if element.kind != "edge":
            by_step.setdefault(element.step, []).append(element)
            continue
        arrows[element.step, element.outcome, element.target] = _mark([count])
        if element.is_end:
            ends.setdefault(element.target, []).append(count)
    return Marks(
        steps={step: _mark([runs[e] for e in found]) for step, found in by_step.items()},
        arrows=arrows,
        ends={end: _mark(counts) for end, counts in ends.items()},
        badges={step: [*_badges(found, runs)] for step, found in by_step.items()},
        title=title,
        legend=LEGEND,
    )


def _badges(found: Iterable[Element], runs: Mapping[Element, int]) -> Iterator[tuple[str, Mark]]:
    """What no arrow shows: outcomes that nothing takes up, retries, compensations."""
    shown = {(each.step, each.outcome) for each in runs if each.kind == "edge"}
    for element in found:
        if (element.step, element.outcome) not in shown:
            sign = "✓" if runs[element] else "✗"
            yield f"{sign} {element.outcome}", _mark([runs[element]])


def _mark(counts: Iterable[int]) -> Mark:
    done = [count > 0 for count in counts]
    return "full" if all(done) else "part" if any(done) else "none"
