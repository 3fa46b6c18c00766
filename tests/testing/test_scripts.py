"""Steps that do what a test says: in Python."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.errors import StepError
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.steps.builtin.consent.check import check
from auterity_sdk.steps.builtin.lead.score import score
from auterity_sdk.steps.step_type import StepType
from auterity_sdk.testing import Rehearsal, outcome, raises, returns
from auterity_sdk.testing.scripted_steps import as_result
from auterity_sdk.testing.scripts import Scripts
from tests.testing.flows import HEAD, NIGHTLY, written

DUE = "2026-11-24T12:05:00Z"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def play(folder: Path, workflow: str = NIGHTLY, **options: Any) -> Rehearsal:
    return Rehearsal(written(folder, workflow), options.pop("input", {}), at=NOON, **options)


def test_an_error_is_retried_after_its_pauses_and_then_the_step_runs(tmp_path: Path) -> None:
    played = play(tmp_path, steps={"text": raises("network", times=2)})
    assert played.run.steps[0].attempt == 3
    assert played.now - NOON == timedelta(seconds=30)
    assert [message.subject for message in played.messages()] == ["Text +14195550188"]


def test_an_error_that_may_not_be_retried_fails_at_once(tmp_path: Path) -> None:
    played = play(tmp_path, steps={"text": raises("refused", "no such number")})
    assert played.run.end == "called"
    assert played.run.steps[0].attempt == 1
    assert played.run.steps[0].error is not None
    assert played.run.steps[0].error.message == "no such number"


def test_a_retry_waits_as_long_as_the_other_side_says(tmp_path: Path) -> None:
    played = play(tmp_path, steps={"text": raises("rate_limit", retry_after=45, times=1)})
    assert played.now - NOON == timedelta(seconds=45)


def test_each_attempt_has_its_own_script(tmp_path: Path) -> None:
    scripts = [
        raises("network"),
        raises("refused", retryable=True),
        returns({"task_id": "t-1", "due_at": DUE}),
    ]
    played = play(tmp_path, steps={"text": scripts})
    assert played.run.steps[0].attempt == 3
    assert played.run.steps[0].output == {"task_id": "t-1", "due_at": DUE}
    assert played.messages() == []


def test_a_plain_function_is_given_the_arguments_it_names(tmp_path: Path) -> None:
    seen: list[str] = []

    def answer(title: str) -> dict[str, str]:
        seen.append(title)
        return {"task_id": title, "due_at": DUE}

    played = play(tmp_path, steps={"text": answer})
    assert seen == ["Text +14195550188"]
    assert played.run.steps[0].output == {"task_id": "Text +14195550188", "due_at": DUE}


def test_an_attempt_takes_its_time_and_a_timeout_ends_it(tmp_path: Path) -> None:
    played = play(tmp_path, steps={"text": outcome("ok", takes="10m")})
    assert played.run.end == "called"
    assert played.elapsed == timedelta(minutes=5)


def test_an_attempt_with_a_limit_of_its_own_is_tried_again(tmp_path: Path) -> None:
    flow = NIGHTLY.replace("jitter: true", "jitter: true, timeout: 20s")
    played = play(tmp_path, flow, steps={"text": outcome("ok", takes="1m", times=1)})
    assert played.run.steps[0].attempt == 2
    assert played.now - NOON == timedelta(seconds=30)


def test_two_attempts_side_by_side_take_the_longer_time(tmp_path: Path) -> None:
    flow = HEAD + (
        "steps:\n"
        "  a: {uses: task.assign, with: {role: x, due: 5m, title: a}}\n"
        "  b: {uses: task.assign, with: {role: x, due: 5m, title: b}}\n"
        "  c: {needs: [a, b], uses: task.assign, with: {role: x, due: 5m, title: c}}\n"
    )
    scripts = {"a": outcome("ok", takes="3h"), "b": outcome("ok", takes="2h")}
    for forced in (False, True):
        played = play(tmp_path, flow, steps=scripts, forced_replay=forced)
        assert played.run.status == "succeeded"
        assert played.elapsed == timedelta(hours=3)
        assert [message.subject for message in played.messages()] == ["c"]


def test_steps_of_loops_are_scripted_for_one_item_or_for_all(tmp_path: Path) -> None:
    flow = HEAD + (
        "steps:\n"
        "  all:\n"
        "    for_each: {in: '[1, 2, 3]', until_failures: 3, steps: "
        "{ask: {uses: task.assign, with: {role: x, due: 5m, title: ask}}}}\n"
    )
    scripts = {"all[1]/ask": raises("refused"), "all/ask": returns({"task_id": "t", "due_at": DUE})}
    played = play(tmp_path, flow, steps=scripts)
    assert [played.state_of(f"all[{n}]/ask") for n in range(3)] == ["ok", "failed", "ok"]


def test_what_a_type_cannot_return_fails_the_step(tmp_path: Path) -> None:
    played = play(tmp_path, steps={"text": returns({"tsk_id": "t"})})
    error = played.run.steps[0].error
    assert error is not None
    assert error.type == "bad_script"
    assert "tsk_id" in error.message


def test_a_step_with_a_secret_needs_none_in_a_test(tmp_path: Path) -> None:
    flow = HEAD + (
        "steps:\n"
        "  ask:\n"
        "    uses: http.request\n"
        "    with: {method: GET, url: 'https://example.com/', headers: {x: '${secrets.token}'}}\n"
        "    timeout: 1m\n"
        "ends: {well: ask}\n"
    )
    played = play(tmp_path, flow, steps={"ask": outcome("ok")})
    assert played.run.end == "well", played.run.error
    assert "secret-token" not in str(played.journal())


def test_time_passes_due_by_due(tmp_path: Path) -> None:
    """A wait that begins when another is over, begins then and not at the end of a long `advance`."""
    flow = HEAD + "steps: {a: {wait: 1d}, b: {needs: a, wait: 1d}}\n"
    played = play(tmp_path, flow)
    assert played.advance("3d").ended_at == NOON + timedelta(days=2)
    assert played.now == NOON + timedelta(days=3)


def test_a_run_goes_on_until_nothing_happens_by_itself(tmp_path: Path) -> None:
    played = play(tmp_path)
    assert played.finish().end == "called"
    assert played.elapsed == timedelta(days=1)
    flow = HEAD + "steps: {ask: {receive: {event: x}}}\nends: {done: ask.received}\n"
    assert play(tmp_path, flow).finish().status == "waiting"


def test_a_cancelled_run_undoes_what_it_did(tmp_path: Path) -> None:
    flow = HEAD + (
        "steps:\n"
        "  book:\n"
        "    uses: task.assign\n"
        "    with: {role: x, due: 5m, title: book}\n"
        "    compensate: {uses: task.assign, with: {role: x, due: 5m, title: unbook}}\n"
        "  later: {needs: book, wait: 9d}\n"
    )
    played = play(tmp_path, flow)
    assert played.cancel().status == "cancelled"
    assert [message.subject for message in played.messages()] == ["book", "unbook"]


@pytest.mark.parametrize("type", [score, check])
def test_an_outcome_alone_makes_up_an_output(type: StepType[..., Any]) -> None:
    for name in type.outcomes:
        made = as_result(type, None, name)
        assert made.outcome == name
        type.output_model.model_validate(made.output)


def test_an_output_is_made_up_for_built_in_step_types_or_asked_for() -> None:
    registry = builtin_registry()
    asked: list[str] = []
    for name in registry.step_type_names():
        made = registry.step_type(name)
        assert made is not None
        for each in made.outcomes:
            try:
                as_result(made, None, each)
            except StepError as error:
                asked.append(f"{name}: {error.help}")
    # One of two times, or one of two forms of an amount, has to be there, which no schema says.
    assert asked == [
        "consent.record: say what it `returns`",
        "trade.appraise: say what it `returns`",
    ]


@given(st.lists(st.integers(1, 4), max_size=5), st.integers(1, 30))
def test_scripts_follow_one_another(times: list[int], attempt: int) -> None:
    """The n-th attempt has the script in whose stretch it falls; behind the last, the real step."""
    scripts = [raises(f"e{index}", times=count) for index, count in enumerate(times)]
    found = Scripts({"a": scripts} if scripts else {}).of("a", attempt)
    stretched = [f"e{index}" for index, count in enumerate(times) for _ in range(count)]
    assert (found.error if found else None) == (
        stretched[attempt - 1] if attempt <= len(stretched) else None
    )
