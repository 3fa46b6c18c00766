"""Guarantees are read as they are written, and what is wrong is named at its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.guarantee import (
    AlwaysWhen,
    ApprovedByAnother,
    Count,
    Guarantee,
    HowMany,
    Misread,
    Name,
    NeverAfter,
    OnlyAfter,
    Within,
    names_of,
    parse_guarantee,
)


def name(text: str, start: int) -> Name:
    path, _, outcome = text.partition(".")
    steps = () if text == "start" else tuple(path.split("/"))
    return Name(steps, outcome or None, start, start + len(text))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "text only after consent.granted",
            OnlyAfter((name("text", 0),), (name("consent.granted", 16),)),
        ),
        ("a/b.ok never after start", NeverAfter((name("a/b.ok", 0),), (name("start", 19),))),
        (
            "one of [a, b] within 1h30m of c.ok",
            Within((name("a", 8), name("b", 11)), Duration.parse("1h30m"), (name("c.ok", 30),)),
        ),
        ("always a when b.ok", AlwaysWhen((name("a", 7),), (name("b.ok", 14),))),
        (
            "at most one of [a, b.ok] when c",
            HowMany(Count.AT_MOST, (name("a", 16), name("b.ok", 19)), (name("c", 30),)),
        ),
        ("exactly one of [a]", HowMany(Count.EXACTLY, (name("a", 16),))),
        ("at  least\tone of[a]", HowMany(Count.AT_LEAST, (name("a", 17),))),
        ("desk approved by another than requester", ApprovedByAnother(name("desk", 0))),
        ("always only after always.ok", OnlyAfter((name("always", 0),), (name("always.ok", 18),))),
        ("one never after exactly", NeverAfter((name("one", 0),), (name("exactly", 16),))),
    ],
)
def test_each_form_is_read_with_the_places_of_its_names(text: str, read: Guarantee) -> None:
    assert parse_guarantee(text) == read
    assert all(text[each.start : each.end] == str(each) for each in names_of(read))


@pytest.mark.parametrize(
    ("text", "wrong", "wanted"),
    [
        ("", "", "a step"),
        ("text", "t", "`only after`"),
        ("text only before b", "before", "`after`"),
        ("text.ok approved by another than requester", "approved", "`only after`"),
        ("a approved by nobody", "nobody", "`another`"),
        ("a within 5 of b", "5", "a duration"),
        ("a within 5m for b", "for", "`of`"),
        ("one of [a b] only after c", "b", "`,` or `]`"),
        ("at most one of [a, ]", "]", "a step"),
        ("a only after b c", "c", "the end"),
        ("always a", "a", "`when`"),
        ("a. only after b", ".", "`only after`"),
    ],
)
def test_what_is_wrong_is_named_at_its_place(text: str, wrong: str, wanted: str) -> None:
    found = parse_guarantee(text)
    assert isinstance(found, Misread)
    assert text[found.start : found.end] == wrong
    assert found.wanted.startswith(wanted)


@given(st.text() | st.text("ab ./[],0m only after one of"))
def test_any_text_is_read_or_refused_within_its_bounds(text: str) -> None:
    found = parse_guarantee(text)
    places = (found,) if isinstance(found, Misread) else names_of(found)
    assert all(0 <= each.start <= each.end <= len(text) for each in places)
