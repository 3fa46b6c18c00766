"""The dearest way, beside the dearest of all ways that there are."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.checks.cost import dearest as module
from auterity_sdk.checks.cost.dearest import Priced, dearest
from auterity_sdk.checks.cost.most import Most
from auterity_sdk.diagnostics import Location, Unbounded

OUTCOMES = ("a", "b", "c")
DECIDERS = ("d1", "d2", "d3")
CONDITIONS = st.dictionaries(
    st.sampled_from(DECIDERS), st.sets(st.sampled_from(OUTCOMES), min_size=1).map(frozenset)
)
STEPS = st.lists(st.builds(Priced, st.builds(Most, st.integers(0, 9)), CONDITIONS), max_size=8)


def of_all_ways(steps: list[Priced]) -> int:
    ways = (dict(zip(DECIDERS, each, strict=True)) for each in product(OUTCOMES, repeat=3))
    return max(
        sum(s.most.amount for s in steps if all(way[d] in out for d, out in s.condition.items()))
        for way in ways
    )


@given(steps=STEPS)
def test_it_is_the_dearest_of_all_ways(steps: list[Priced]) -> None:
    assert dearest(steps).amount == of_all_ways(steps)


def test_with_too_much_to_look_at_it_is_more_and_never_less(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    steps = [Priced(Most(3), {"d1": frozenset(each)}) for each in OUTCOMES]
    assert dearest(steps).amount == 3
    monkeypatch.setattr(module, "_MOST_LOOKS", 2)
    assert dearest(steps).amount == 9


def test_what_has_no_bound_has_none_on_the_other_way_either() -> None:
    lack = Unbounded(Location(("steps", "x")), "why")
    steps = [
        Priced(Most(3), {"d1": frozenset("a")}),
        Priced(Most(1, (lack,)), {"d1": frozenset("b")}),
    ]
    assert dearest(steps) == Most(3, (lack,))


def test_many_switches_one_after_the_other_are_told_quickly() -> None:
    steps = [
        Priced(Most(number % 7), {f"d{number // 2}": frozenset("ab"[number % 2])})
        for number in range(2_000)
    ]
    assert dearest(steps).amount == sum(
        max(number % 7, (number + 1) % 7) for number in range(0, 2_000, 2)
    )
