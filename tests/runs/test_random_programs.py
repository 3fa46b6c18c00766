"""The engine and the plain model agree, whatever happens: `random_programs` says how they are played."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.runs.random_programs import one_case


@given(size=st.integers(2, 9), seed=st.integers(0, 2**32))
@settings(max_examples=500)
def test_the_engine_does_as_the_plain_model_of_the_language_page(size: int, seed: int) -> None:
    """What differs is told with the workflow and what happened to it, of as few steps as still differ."""
    one_case(Random(seed), size)
