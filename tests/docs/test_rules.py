"""The pages of the rules and the schemas are as the code says, and nothing else lies beside them."""

import pytest

from tools.pages.generated import PAGES
from tools.pages.rules import files

FILES = dict(files())


@pytest.mark.parametrize("name", FILES)
def test_a_page_is_fresh(name: str) -> None:
    assert (PAGES / name).read_text(encoding="utf-8") == FILES[name], "run `python -m tools.pages`"


def test_there_is_no_page_of_a_rule_that_is_gone() -> None:
    found = [*(PAGES / "rules").iterdir(), *(PAGES / "schema").iterdir()]
    assert {str(path.relative_to(PAGES)) for path in found} == {*FILES}
