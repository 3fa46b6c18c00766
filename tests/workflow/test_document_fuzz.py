"""Two thousand hostile inputs: nothing raises, and every place is in the file. More: `tests/fuzz/document.py`."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FUZZ = runpy.run_path(str(Path(__file__).parents[1] / "fuzz" / "document.py"))
check, mutated, run_batch, parts = (
    FUZZ[name] for name in ("check", "mutated", "run_batch", "PARTS")
)


@settings(max_examples=1_000, deadline=None)
@given(st.integers(0, 2**64).map(mutated))
def test_changed_workflows_give_findings_and_no_exception(content: str | bytes) -> None:
    check(content)


@settings(max_examples=1_000, deadline=None)
@given(
    st.binary(max_size=60)
    | st.lists(st.sampled_from(parts), max_size=12).map("".join)
    | st.text(max_size=60)
)
def test_random_text_gives_findings_and_no_exception(content: str | bytes) -> None:
    check(content)


def test_the_fuzzer_tells_what_it_finds(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: object) -> None:
        raise RecursionError

    run_batch.__globals__["check"] = fail
    try:
        assert run_batch(5, 2) == 2
    finally:
        run_batch.__globals__["check"] = check
    assert "seed 6" in capsys.readouterr().out
