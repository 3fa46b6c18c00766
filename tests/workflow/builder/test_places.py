"""The source map of a Python workflow: each part of the data points at what made it."""

# ruff: noqa: F841 - the name that a step is assigned to is its id

from __future__ import annotations

import inspect

import pytest

from auterity_sdk.diagnostics import Location, Path, Span
from auterity_sdk.workflow.builder import any_of, ends, expr, for_each, switch, text, workflow
from tests.workflow.builder.flows import Lead, send, sort


@workflow(name="placed", description="Where is what", labels={"team": "bdc"})
def placed(lead: Lead, least: int = 3) -> dict[str, object]:
    seen = sort(name=lead.name, hint={"é": [1, expr("lead.nmae > 1")]})
    with any_of(seen.new, seen.known):
        route = switch(hot=lead.name == "x", cold=expr("lead.phnoe > 1"), rest=True)
    sent = send.options(timeout="5s")(
        to=lead.name,
        body=text("é ", lead.name),
    )

    @for_each(lead.tags, max_parallel=3)
    def each(tag: str) -> None:
        inner = send(tag)

    ends(hot=route.hot, rest=[route.cold, sent.ok])
    return {"one": sent.message_id}


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (("name",), '"placed"'),
        (("labels", "team"), '"bdc"'),
        (("input", "least"), "least: int"),
        (("steps", "seen", "with", "name"), "lead.name"),
        (("steps", "seen", "with", "hint", "é", 0), "1"),
        (("steps", "seen", "with", "hint", "é", 1), 'expr("lead.nmae > 1")'),
        (("steps", "route", "needs", "any", 1), "any_of(seen.new, seen.known)"),
        (("steps", "route", "switch", "hot"), 'lead.name == "x"'),
        (("steps", "sent", "with", "body"), 'text("é ", lead.name)'),
        (("steps", "sent", "timeout"), '"5s"'),
        (("steps", "each", "for_each", "max_parallel"), "3"),
        (("steps", "each", "for_each", "in"), "lead.tags"),
        (("steps", "each", "for_each", "steps", "inner", "with", "to"), "tag"),
        (("ends", "hot"), "route.hot"),
        (("ends", "rest", 1), "sent.ok"),
        (("output", "one"), "sent.message_id"),
    ],
)
def test_a_path_points_at_what_made_it(path: Path, shown: str) -> None:
    assert _shown(placed.source.span(Location(path))) == shown


def test_a_key_is_the_name() -> None:
    assert _shown(placed.source.span(Location(("steps", "sent"), "key"))) == "sent"
    assert _shown(placed.source.span(Location(("steps", "sent", "with", "to"), "key"))) == "to"
    assert _shown(placed.source.span(Location(("ends", "hot"), "key"))) == "hot"


def test_a_fragment_of_cel_is_shown_in_its_text() -> None:
    place = ("steps", "seen", "with", "hint", "é", 1)
    span = placed.source.span(Location(place, fragment=(7, 11)))
    assert _shown(span) == "nmae"
    case = ("steps", "route", "switch", "cold")
    assert _shown(placed.source.span(Location(case, fragment=(5, 10)))) == "phnoe"


def test_a_step_is_its_whole_call() -> None:
    span = placed.source.span(Location(("steps", "sent", "with")))
    assert (span.end_line - span.line, placed.source.line(span.end_line).strip()) == (3, ")")


def test_what_is_not_known_is_at_the_function() -> None:
    span = placed.source.span(Location(("nowhere",)))
    _, first = inspect.getsourcelines(placed.function)
    assert span.line == first
    assert placed.source.line(0) == ""


def _shown(span: Span) -> str:
    assert (span.file, span.line) == (__file__, span.end_line)
    return placed.source.line(span.line)[span.column - 1 : span.end_column - 1]
