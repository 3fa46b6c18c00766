"""What every index of passages must do, as a test class: derive from it, and give `index`."""

# ruff: noqa: S101 - to assert is what a contract is for

from __future__ import annotations

import asyncio

from auterity_sdk.ai.knowledge.index import Contents, Indexed, KnowledgeIndex
from auterity_sdk.ai.knowledge.passage import Passage, Place

_PLACE = Place(("Service", "Oil"), 3, 5)


def _indexed(file: str, text: str, *vector: float, place: Place = _PLACE) -> Indexed:
    return Indexed(Passage(file, place, text), vector)


_OIL = _indexed("menu.md", "An oil change costs $79.95.", 1.0, 0.0, 0.0)
_TIRES = _indexed("menu.md", "Rotating tires is $29.95.", 0.0, 1.0, 0.0)
_HOURS = _indexed("hours.md", "Open from 9:00.", 0.0, 0.6, 0.8, place=Place(page=2))


class KnowledgeIndexContract:
    """Derive a class whose name begins with `Test`, and give it an `index` that is empty."""

    def index(self) -> KnowledgeIndex:
        """An empty index."""
        raise TypeError("a contract of an index needs an `index`")

    def again(self, index: KnowledgeIndex) -> KnowledgeIndex:
        """The same index as another process would open it."""
        return index

    def test_nothing_is_in_an_empty_index(self) -> None:
        """Neither contents nor hits."""

        async def check() -> None:
            index = self.index()
            assert await index.contents() == Contents()
            assert await index.hashes("m") == {}
            assert await index.search(["oil"], [1.0, 0.0, 0.0], 5) == []

        asyncio.run(check())

    def test_passages_come_back_as_they_were(self) -> None:
        """With their places, by another process too."""

        async def check() -> None:
            index = self.index()
            await index.put("m", "menu.md", "h1", [_OIL, _TIRES])
            await index.put("m", "hours.md", "h2", [_HOURS])
            await index.show("m")
            again = self.again(index)
            assert await again.contents() == Contents("m", 2, 3)
            assert await again.hashes("m") == {"menu.md": "h1", "hours.md": "h2"}
            hits = await again.search(["changes"], [1.0, 0.0, 0.0], 5)
            assert [hit.passage for hit in hits] == [_OIL.passage]
            hits = await again.search([], [0.0, 0.0, 1.0], 5)
            assert [hit.passage for hit in hits] == [_HOURS.passage]

        asyncio.run(check())

    def test_words_and_vectors_count_alike(self) -> None:
        """What is first by both is before what is first by one; `most` is the most."""

        async def check() -> None:
            index = self.index()
            await index.put("m", "menu.md", "h1", [_OIL, _TIRES])
            await index.put("m", "hours.md", "h2", [_HOURS])
            await index.show("m")
            hits = await index.search(["tires"], [0.6, 0.8, 0.0], 5)
            assert [hit.passage for hit in hits] == [_TIRES.passage, _OIL.passage, _HOURS.passage]
            assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)
            assert len(await index.search(["tires"], [0.6, 0.8, 0.0], 2)) == 2

        asyncio.run(check())

    def test_words_are_found_in_other_forms_and_in_headings(self) -> None:
        """Stems, accents and case do not count."""

        async def check() -> None:
            index = self.index()
            rotation = _indexed("a.md", "La rotación, rotating", 0.0, 0.0, 0.0)
            await index.put("m", "a.md", "h", [rotation])
            await index.show("m")
            for word in ("rotated", "ROTACION", "rotación", "oil", "service"):
                hits = await index.search([word], [0.0, 0.0, 0.0], 5)
                assert [hit.passage for hit in hits] == [rotation.passage], word

        asyncio.run(check())

    def test_any_word_may_be_asked_for(self) -> None:
        """Operators and marks of a query language are only words."""

        async def check() -> None:
            index = self.index()
            await index.put("m", "menu.md", "h1", [_OIL])
            await index.show("m")
            for word in (
                '"',
                "AND",
                "NOT",
                "oil*",
                "NEAR(",
                "text:",
                "'",
                "-",
                "(",
                "\0",
                "",
                "^x",
                "\ud800",
            ):
                await index.search([word], [0.0, 0.0, 0.0], 5)
            assert len(await index.search(["oil", 'x" OR "', "NOT"], [0.0, 0.0, 0.0], 5)) == 1

        asyncio.run(check())

    def test_a_file_is_put_in_the_place_of_what_it_was(self) -> None:
        """And removed as a whole."""

        async def check() -> None:
            index = self.index()
            await index.put("m", "menu.md", "h1", [_OIL, _TIRES])
            await index.put("m", "menu.md", "h2", [_TIRES])
            await index.show("m")
            assert await index.contents() == Contents("m", 1, 1)
            hits = await index.search(["change"], [0.0, 0.0, 0.0], 5)
            assert hits == []
            await index.remove("m", "menu.md")
            await index.remove("m", "never.md")
            assert await index.contents() == Contents("m", 0, 0)
            assert await index.hashes("m") == {}
            assert await index.search(["tires"], [0.0, 1.0, 0.0], 5) == []

        asyncio.run(check())

    def test_another_models_passages_are_seen_only_when_they_are_shown(self) -> None:
        """Until then the old ones are; after that those are forgotten."""

        async def check() -> None:
            index = self.index()
            await index.put("old", "menu.md", "h1", [_OIL])
            await index.show("old")
            other = _indexed("menu.md", "An oil change costs $79.95.", 0.0, 1.0)
            await index.put("new", "menu.md", "h1", [other])
            assert await index.contents() == Contents("old", 1, 1)
            assert len(await index.search(["oil"], [1.0, 0.0, 0.0], 5)) == 1
            await index.show("new")
            assert await index.contents() == Contents("new", 1, 1)
            assert await index.hashes("old") == {}
            assert len(await index.search(["oil"], [0.0, 1.0], 5)) == 1

        asyncio.run(check())
