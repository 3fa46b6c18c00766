"""Passages are short, hold all of a document, and know their lines."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.knowledge.chunking import ENOUGH, LONGEST, OVERLAP, passages
from auterity_sdk.ai.knowledge.documents.markdown import read_markdown
from auterity_sdk.ai.knowledge.documents.section import Section
from auterity_sdk.ai.knowledge.documents.text import read_text
from auterity_sdk.ai.knowledge.passage import Passage, Place

WORD = st.text("abcdefghij", min_size=1, max_size=12)
LINE = st.lists(WORD, max_size=30).map(" ".join)
DOCUMENT = st.lists(LINE, max_size=60).map("\n".join)


def cut(text: str) -> list[Passage]:
    return list(passages("a.txt", read_text(text.encode())))


@given(DOCUMENT)
def test_every_word_of_a_document_is_in_a_passage_in_order(text: str) -> None:
    found = cut(text)
    rest = text.split()
    for passage in found:
        words = passage.text.split()
        # A passage may begin with the last sentences of the one before it.
        begin = next(n for n in range(len(words) + 1) if words[n:] == rest[: len(words) - n])
        assert len(" ".join(words[:begin])) <= OVERLAP
        rest = rest[len(words) - begin :]
    assert rest == []


@given(DOCUMENT)
def test_a_passage_is_short_and_its_lines_are_those_of_the_file(text: str) -> None:
    lines = text.split("\n")
    for passage in cut(text):
        assert 0 < len(passage.text) <= LONGEST + OVERLAP
        place = passage.place
        inside = " ".join(lines[place.first_line - 1 : place.last_line])
        assert " ".join(passage.text.split()) in " ".join(inside.split())
        assert lines[place.first_line - 1].split()[:1] == passage.text.split()[:1]


def test_short_paragraphs_come_together_and_headings_keep_them_apart() -> None:
    paragraph = "x" * 150
    found = cut("\n\n".join([paragraph] * 3))
    assert [len(each.text) for each in found] == [302, 150]
    assert ENOUGH > 302
    text = "# A\nOne.\n\nTwo.\n# B\nThree."
    parts = list(passages("a.md", read_markdown(text.encode())))
    assert [(each.place.headings, each.text) for each in parts] == [
        (("A",), "One.\n\nTwo."),
        (("B",), "Three."),
    ]


def test_a_line_that_is_too_long_is_cut_at_sentences_and_overlaps() -> None:
    sentences = [f"This is sentence number {number} of many." for number in range(60)]
    found = list(passages("a.md", [Section(Place(("H",), 7), (" ".join(sentences),))]))
    assert len(found) > 2
    for first, second in pairwise(found):
        assert second.text.split("\n")[0] in first.text
        assert second.place == Place(("H",), 7, 7)


def test_a_source_is_told_in_words() -> None:
    assert str(Place(("Menu", "Oil"), 3, 5)) == "Menu › Oil, lines 3-5"
    assert str(Place((), 3, 3)) == "line 3"
    assert str(Place(page=2)) == "page 2"
    assert str(Place(row=4)) == "row 4"
