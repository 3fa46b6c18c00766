"""The generated parts of the pages are as the code says."""

import pytest

from tools.pages.generated import GENERATED, PAGES, renewed


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_part_is_fresh(name: str) -> None:
    page = (PAGES / name).read_text(encoding="utf-8")
    assert page == renewed(page, GENERATED[name]), "run `python -m tools.pages`"


def test_a_stale_part_is_renewed_and_the_text_around_it_kept() -> None:
    page = "before\n<!-- generated: x -->\n\nold\n\n<!-- end of x -->\nafter\n"
    new = "before\n<!-- generated: x -->\n\n\\1 new\n\n<!-- end of x -->\nafter\n"
    assert renewed(page, {"x": lambda: "\\1 new\n"}) == new


def test_a_part_without_its_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="`x` stands 0 times"):
        renewed("no marks", {"x": str})
