"""How failed attempts are tried again: pauses, filters of errors and bounds, over random settings and failures."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_sdk.runs import commands as c
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.replay import divergence
from auterity_sdk.workflow.backoff import Pauses
from tests.runs.by_hand import ByHand

BACKOFFS = ("constant", "linear", "exponential")
TYPES = ("network", "rate_limit", "bad_input")

RETRIES = st.fixed_dictionaries(
    {"attempts": st.integers(1, 6), "initial": st.integers(0, 5_000), "max": st.integers(0, 9_000)},
    optional={
        "backoff": st.sampled_from(BACKOFFS),
        "factor": st.sampled_from([1, 1.5, 2, 3]),
        "jitter": st.booleans(),
        "on": st.lists(st.sampled_from(TYPES), min_size=1, unique=True),
        "not_on": st.lists(st.sampled_from(TYPES), min_size=1, unique=True),
    },
).filter(
    lambda keys: (
        not {"on", "not_on"} <= keys.keys()
        and ("factor" not in keys or keys.get("backoff", "exponential") == "exponential")
    )
)
FAILURES = st.lists(
    st.tuples(
        st.sampled_from(TYPES),
        st.booleans(),
        st.none() | st.integers(0, 20),
        st.integers(0, 99),
    ),
    min_size=6,
    max_size=6,
)


def pause_of(keys: dict[str, Any], attempt: int) -> Fraction:
    """The pause after an attempt in milliseconds, as the page on the language says."""
    growth = {
        "constant": Fraction(1),
        "linear": Fraction(attempt),
        "exponential": Fraction(keys.get("factor", 2)) ** (attempt - 1),
    }[keys.get("backoff", "exponential")]
    return min(keys["initial"] * growth, Fraction(keys["max"]))


def is_repeated(keys: dict[str, Any], kind: str, retryable: bool) -> bool:
    if "on" in keys:
        return kind in keys["on"]
    return retryable and kind not in keys.get("not_on", ())


def written(keys: dict[str, Any]) -> str:
    shown = {key: f"{keys[key]}ms" for key in ("initial", "max")}
    lists = {key: f"[{', '.join(keys[key])}]" for key in ("on", "not_on") if key in keys}
    plain = {key: str(value).lower() for key, value in keys.items()}
    return ", ".join(f"{key}: {value}" for key, value in (plain | shown | lists).items())


@given(RETRIES, FAILURES)
@settings(max_examples=300, deadline=None)
def test_an_attempt_is_repeated_when_and_as_often_as_its_keys_say(
    keys: dict[str, Any], failures: list[tuple[str, bool, int | None, int]]
) -> None:
    run = ByHand(f"steps: {{a: {{uses: do, retry: {{{written(keys)}}}}}}}\nends: {{no: a.failed}}")
    for attempt, (kind, retryable, after, chance) in enumerate(failures, start=1):
        error = Failure(kind, "it broke", retryable, after)
        run.give(c.AttemptFailed(run.at, "a", attempt, error, chance / 100))
        if attempt >= keys["attempts"] or not is_repeated(keys, kind, retryable):
            assert (run.error("a"), run.state.end) == (kind, "no")
            break
        pause = pause_of(keys, attempt)
        if keys.get("jitter", True):
            pause = pause * chance / 100
        at = run.at + round(max(pause, Fraction(1000 * (after or 0))))
        assert run.state.due == at
        run.at = at
        run.give(c.TimerDue(at))
        assert run.running == ["a"]
    assert divergence(run.plan, run.events) is None


@given(
    st.sampled_from(BACKOFFS),
    st.integers(0, 100_000),
    st.fractions(1, 100),
    st.integers(0, 10**9),
    st.integers(1, 1000),
)
def test_a_pause_is_as_long_as_the_formula_says_however_many_came_before(
    backoff: str, initial: int, factor: Fraction, longest: int, attempt: int
) -> None:
    keys = {"backoff": backoff, "initial": initial, "factor": float(factor), "max": longest}
    found = Pauses(backoff, initial, float(factor), longest).after(attempt)  # type: ignore[arg-type]
    assert found == pytest.approx(float(pause_of(keys, attempt)), rel=1e-9)


@given(st.integers(1, 20_000), RETRIES, FAILURES)
@settings(max_examples=150, deadline=None)
def test_no_step_takes_longer_than_its_timeout(
    bound: int, keys: dict[str, Any], failures: list[tuple[str, bool, int | None, int]]
) -> None:
    """Pauses and `Retry-After` included."""
    run = ByHand(
        f"steps: {{a: {{uses: do, timeout: {bound}ms, retry: {{{written(keys)}}}}}}}\nends: {{no: a.failed}}"
    )
    start = run.at
    for attempt, (kind, retryable, after, chance) in enumerate(failures, start=1):
        error = Failure(kind, "it broke", retryable, after)
        run.give(c.AttemptFailed(run.at, "a", attempt, error, chance / 100))
        if run.state.over:
            break
        assert run.state.due is not None
        assert run.state.due <= start + bound
        run.at = run.state.due
        run.give(c.TimerDue(run.at))
        if run.state.over:
            assert (run.error("a"), run.at) == ("timeout", start + bound)
            break
    assert divergence(run.plan, run.events) is None


@pytest.mark.parametrize("key", ["timeout: 3s", "retry: {attempts: 9, initial: 2s, jitter: false}"])
def test_a_workflow_bounds_its_steps_and_their_retries(key: str) -> None:
    run = ByHand(
        f"timeout: 5s\nsteps: {{a: {{uses: do, {key}}}, b: {{needs: a.failed, uses: do}}}}"
    )
    while not run.state.over and run.state.due is not None:
        if run.outcome("a") == "running" and "retry" in key:
            run.fail("a")
        run.at = run.state.due or run.at
        run.give(c.TimerDue(run.at))
        if run.outcome("b") == "stopping":
            run.stopped("b")
    assert run.state.status == "failed"
    assert run.state.error is not None
    assert (run.state.error.type, run.at) == ("timeout", 1_005_000)
