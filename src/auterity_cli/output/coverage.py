"""Path coverage for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from auterity_cli.output.printable import printable
from auterity_sdk.testing.coverage.coverage import Coverage
from auterity_sdk.testing.coverage.elements import KINDS, Element
from auterity_sdk.testing.coverage.suggestions import Suggestion

_WORDS = {"outcome": "outcomes", "edge": "edges", "failure": "failure paths"}


def lines(covered: Coverage, *, suggest: bool) -> Iterator[Text]:
    """How much is covered, what is not and, with `suggest`, the choices that lead there."""
    parts = ", ".join(
        f"{_WORDS[kind]} {done} of {number}"
        for kind in KINDS
        for done, number in [covered.count(kind)]
        if number
    )
    style = "green" if not covered.missing else "yellow"
    yield Text.assemble(
        "coverage of ",
        (printable(covered.workflow), "bold"),
        ": ",
        (f"{covered.percent:g} %", style),
        f" ({parts})",
    )
    if suggest:
        yield from _suggested(covered)
        return
    for element in covered.missing:
        yield Text.assemble("  not covered: ", (printable(element.name), "red"))


def _suggested(covered: Coverage) -> Iterator[Text]:
    by_way: dict[Suggestion | None, list[Element]] = {}
    for element in covered.missing:
        by_way.setdefault(covered.suggested.get(element), []).append(element)
    for way, elements in by_way.items():
        names = ", ".join(printable(element.name) for element in elements)
        yield Text.assemble("  not covered: ", (names, "red"))
        yield Text(f"    {_way(way)}")


def _way(way: Suggestion | None) -> str:
    if way is None or way.choices is None:
        return "how to come there was not found out: the graph is too large"
    parts = [f"{step} = {outcome}" for step, outcome in way.choices]
    return ", ".join([*parts, way.then] if way.then else parts) or "any run comes there"


def data(covered: Coverage) -> dict[str, Any]:
    """The coverage of one workflow as JSON data."""
    return {
        "workflow": covered.workflow,
        "percent": covered.percent,
        "counts": {
            kind: {"covered": done, "of": number}
            for kind in KINDS
            for done, number in [covered.count(kind)]
        },
        "elements": [
            {**_element(element), "runs": count, **_suggestion(covered.suggested.get(element))}
            for element, count in covered.runs.items()
        ],
        "impossible": [_element(element) for element in covered.impossible],
    }


def _element(element: Element) -> dict[str, Any]:
    target = {"target": element.target, "end": element.is_end} if element.kind == "edge" else {}
    return {
        "name": element.name,
        "kind": element.kind,
        "step": element.step,
        "outcome": element.outcome,
        **target,
    }


def _suggestion(way: Suggestion | None) -> dict[str, Any]:
    if way is None or way.choices is None:
        return {}
    choices = [{"step": step, "outcome": outcome} for step, outcome in way.choices]
    return {"choices": choices, "then": way.then}
