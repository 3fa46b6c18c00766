"""A plain text is its characters made plain, each in its place, however they stand together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.statements.plain import plain

MIXED = st.text(
    st.sampled_from([*"aB 7*_`~.", "é", "…", "\u200b", "Ⅷ", "五", "\uff17", "½", "İ", "ß"])
)


@given(text=st.text() | MIXED)
def test_it_is_made_character_by_character(text: str) -> None:
    whole = plain(text)
    alone = [plain(character).text for character in text]
    assert whole.text == "".join(alone)
    places = [place for place, made in enumerate(alone) for _ in made]
    assert list(whole.places) == [*places, len(text)]
