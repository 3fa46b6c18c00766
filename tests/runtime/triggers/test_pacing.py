"""Debounce and rate limits, held against what they say in words."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from auterity_sdk.runs.triggers import Limit, Lull
from auterity_sdk.runtime.firings import DROPPED, GRANTED, HELD, NEW, REPLACED, Firing
from auterity_sdk.runtime.triggers.pacing import Pacing, all_known

COMINGS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from("ab")), max_size=25)
LOOKS = st.lists(st.integers(1, 15), min_size=1, max_size=12)


def played(
    comings: list[tuple[int, str]], looks: list[int], lull: Lull | None, limit: Limit | None
) -> list[Firing]:
    """Firings that come at these times, each with a key, as workers leave them that look after these pauses."""
    known: dict[str, Firing] = {}
    waiting = [
        Firing("t", f"e{n}", came, 0, bunch=key if lull else "", pool=key if limit else "")
        for n, (came, key) in enumerate(sorted(comings))
    ]
    now = 0
    for pause in [*looks, *[10] * 60]:
        now += pause
        arrived = [each for each in waiting if each.came <= now]
        waiting = [each for each in waiting if each.came > now]
        known |= {each.occurrence: each for each in arrived}
        look(known, now, lull, limit)
    return sorted(known.values(), key=lambda each: int(each.occurrence[1:]))


def look(known: dict[str, Firing], now: int, lull: Lull | None, limit: Limit | None) -> None:
    """What a worker does, each time from what the store has."""
    pacing = Pacing(lull, limit)
    pacing.held = {each.bunch: each for each in known.values() if each.state == HELD}
    if limit is not None:
        grants: dict[str, list[int]] = defaultdict(list)
        for each in known.values():
            if each.granted is not None and each.granted > now - limit.per:
                grants[each.pool].append(each.granted)
        pacing.grants = {pool: sorted(times) for pool, times in grants.items()}
    due = [each for each in known.values() if each.at is not None and each.at <= now]
    for each in sorted(due, key=lambda each: each.came):
        if each.state == NEW:
            pacing.arrive(each)
    pacing.grant(all_known(pacing.changed, due), now)
    begun = (
        replace(each, at=None) if each.state == GRANTED else each
        for each in pacing.changed.values()
    )
    known |= {each.occurrence: each for each in begun}


@given(COMINGS, LOOKS, st.integers(1, 12), st.none() | st.integers(12, 25))
def test_the_last_of_each_flurry_starts_a_run(
    comings: list[tuple[int, str]], looks: list[int], period: int, longest: int | None
) -> None:
    """By the times at which events came, however late anybody looks."""
    found = played(comings, looks, Lull(None, period, longest), None)
    expected = {}
    for key in "ab":
        own = [each for each in found if each.bunch == key]
        first = own[0].came if own else 0
        for before, after in pairwise(own):
            end = before.came + period
            end = end if longest is None else min(end, first + longest)
            over = end <= after.came
            expected[before.occurrence] = GRANTED if over else REPLACED
            first = after.came if over else first
        if own:
            expected[own[-1].occurrence] = GRANTED
    assert {each.occurrence: each.state for each in found} == expected


@given(COMINGS, LOOKS, st.integers(1, 3), st.integers(1, 20), st.booleans())
def test_no_stretch_of_time_has_more_runs_than_the_limit(
    comings: list[tuple[int, str]], looks: list[int], most: int, per: int, drops: bool
) -> None:
    found = played(comings, looks, None, Limit(None, most, per, drops))
    for key in "ab":
        own = [each for each in found if each.pool == key]
        granted = sorted(each.granted for each in own if each.granted is not None)
        for first, after in zip(granted, granted[most:], strict=False):
            assert after - first >= per
        if drops:
            assert {each.state for each in own} <= {GRANTED, DROPPED}
            assert not own or own[0].state == GRANTED
        else:
            assert {each.state for each in own} <= {GRANTED}
            in_order = [each.granted or 0 for each in own]
            assert in_order == sorted(in_order)
