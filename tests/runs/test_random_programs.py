"""The engine and the plain model agree, whatever happens: `random_programs` says how they are played."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.runs.random_programs import one_case


@given(st.integers(0, 2**32))
@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
def test_the_engine_does_as_the_plain_model_of_the_language_page(seed: int) -> None:
    one_case(Random(seed))


@given(st.randoms(use_true_random=False))
@settings(
    max_examples=20,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
def test_it_does_where_hypothesis_makes_each_choice(random: Random) -> None:
    """Slower, but it shrinks what differs to a small workflow and few things that happen."""
    one_case(random)
