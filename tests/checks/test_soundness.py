"""Soundness: exact, against the engine; sizes; mutants."""

from __future__ import annotations

import pytest

from tests.checks.soundness_fuzz import Engine, differences, graph


@pytest.mark.parametrize("part", range(10))
def test_random_graphs_agree_with_every_run_of_the_engine(part: int) -> None:
    compared = 0
    seed = 100_000 * (part + 1)
    while compared < 50:
        data = graph(seed)
        seed += 1
        seen = Engine(data, most=200).every_run()
        if seen is not None:
            compared += 1
            assert list(differences(data, seen)) == [], data
