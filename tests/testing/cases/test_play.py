"""The cases of a test file, played."""

from __future__ import annotations

from pathlib import Path

import pytest

from auterity_sdk.testing import rehearsal_store
from auterity_sdk.testing.cases.mistake import InvalidTests
from auterity_sdk.testing.cases.play import Played, Suite, laid_over
from tests.testing.flows import HEAD, NIGHTLY, written

ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "workflows").glob("*.test.yaml"))

YES = 'events: [{send: sms.received, with: {from: "+14195550188"}, after: 3h}]'
PAT = "people: [{role: manager, name: pat, after: 2h}]"


def play(folder: Path, case: str, workflow: str = NIGHTLY, *, forced: bool = False) -> Played:
    tests = Suite.load(written(folder, workflow, f"  one: {case}\n"))
    return tests.play("one", forced_replay=forced)


def texts(played: Played) -> list[str]:
    return [short.message for short in played.shortfalls]


@pytest.mark.parametrize("forced", [False, True])
def test_people_and_events_answer_once_they_are_asked(tmp_path: Path, forced: bool) -> None:
    expect = "expect: {end: answered, elapsed: 10d5h, output: {disposition: answered}}"
    assert texts(play(tmp_path, f"{{{PAT}, {YES}, {expect}}}", forced=forced)) == []


@pytest.mark.parametrize(
    "case",
    [
        "{expect: {end: called, elapsed: 1d, steps: {asked: timeout, later: not reached}}}",
        "{people: [{role: manager, answer: reject}], expect: {end: called, elapsed: 0s}}",
        "{people: [{role: manager, after: 2d}], expect: {end: called, elapsed: 1d}}",
        f"{{{PAT}, expect: {{end: called, elapsed: {{least: 12d, most: 13d}}}}}}",
        "{until: 1h, expect: {status: waiting, elapsed: 1h, steps: {asked: waiting}}}",
        "{cancel: 1h, expect: {status: cancelled, steps: {asked: cancelled}}}",
        "{steps: {text: {raises: network}}, expect: {end: called, attempts: {text: 3}}}",
        (
            "{steps: {text: {raises: {type: odd, retryable: true}, times: 1}}, expect: "
            "{end: called, attempts: {text: 2}, steps: {text: {outcome: ok, attempts: 2}}}}"
        ),
        (
            "{steps: {text: {raises: network}, call: {raises: refused}}, expect: "
            "{error: {type: refused, step: call}, steps: {text: {error: network}}}}"
        ),
        "{expect: {end: called, messages: {task: [{subject: Text}, {to: bdc, subject: Call}]}}}",
        'events: [{send: sms.received, with: {from: "+14195550188"}, at: 2026-11-24T10:00Z}]',
    ],
)
def test_what_comes_about_is_as_expected(tmp_path: Path, case: str) -> None:
    if case.startswith("events"):  # one that comes before the wait has begun is kept for it
        case = f"{{{PAT}, {case}, expect: {{end: called}}}}"
    for forced in (False, True):
        assert texts(play(tmp_path, case, forced=forced)) == []


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("{expect: {end: answered}}", 'end: expected "answered", was "called"'),
        ("{expect: {status: failed}}", "the run: expected failed, was succeeded"),
        ("{until: 1h, expect: {status: succeeded}}", ("the run: expected succeeded, was waiting, "
         "for asked (approve manager)")),
        ("{expect: {output: {disposition: x}}}", 'output.disposition: expected "x", was "called"'),
        ("{expect: {output: {more: x}}}", "output.more: is not there (there is disposition)"),
        ("{expect: {steps: {text: failed}}}", 'text: expected "failed", was "ok"'),
        ("{expect: {not_reached: [call]}}", 'call: expected "not reached", was "ok"'),
        ("{expect: {attempts: {text: 2}}}", "text, attempts: expected 2, was 1"),
        ("{expect: {messages: {sms: 1}}}", "messages by sms: expected 1, was 0"),
        ("{expect: {messages: {task: [{to: x}]}}}", 'task[0].to: expected "x", was "bdc"'),
        ("{expect: {elapsed: 1h}}", "the run took: expected 1h, was 1d"),
        ("{expect: {elapsed: {most: 1h}}}", "the run took: expected at most 1h, was 1d"),
        ("{expect: {error: network}}", "the run: expected failed, was succeeded"),
        (f"{{{YES}, expect: {{end: called}}}}", ("the event `sms.received` never came: the run did "
         "not wait for it")),
        ("{people: [{role: manager, form: {x: 1}}], expect: {}}", "approver could not answer"),
        ("{input: {phone: 5}, expect: {}}", "`input.phone` must be string"),
        ("{input_file: gone.json, expect: {}}", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_not_as_expected_is_told(tmp_path: Path, case: str, said: str) -> None:
    found = texts(play(tmp_path, case))
    assert any(said in text for text in found), found


LATE = "call within 12d12h of start"
SLOW = "people: [{role: manager, after: 20h}]"
WATCHED = NIGHTLY + f'guarantees: ["{LATE}"]\n'


def test_breaches_are_expected_all_and_only(tmp_path: Path) -> None:
    for forced in (False, True):
        case = f'{{{SLOW}, expect: {{end: called, breaches: ["{LATE}"]}}}}'
        assert texts(play(tmp_path, case, WATCHED, forced=forced)) == []
        case = f'{{people: [{{role: manager, answer: reject}}], expect: {{breaches: ["{LATE}"]}}}}'
        kept = f"expected to be breached, was kept: {LATE}"
        assert texts(play(tmp_path, case, WATCHED, forced=forced)) == [kept]
        broken = f"expected to be kept, was breached: {LATE}"
        case = f"{{{SLOW}, expect: {{breaches: []}}}}"
        assert texts(play(tmp_path, case, WATCHED, forced=forced)) == [broken]
    with pytest.raises(InvalidTests, match="nothing that is watched is called `x`"):
        play(tmp_path, "{expect: {breaches: [x]}}", WATCHED)


def test_a_shortfall_has_the_place_of_its_expectation(tmp_path: Path) -> None:
    tests = Suite.load(written(tmp_path, NIGHTLY, "  one:\n    expect:\n      end: answered\n"))
    (short,) = tests.play("one").shortfalls
    assert tests.written.line(short.place) == (6, 7)


def test_a_called_run_is_played_and_its_steps_are_scripted(tmp_path: Path) -> None:
    (tmp_path / "workflows").mkdir()
    child = "auterity: 1\nname: child\nsteps:\n  ask: {uses: task.assign, with: {role: x, due: 5m, title: a}}\n"
    (tmp_path / "workflows" / "child.yaml").write_text(child)
    flow = HEAD + (
        "steps:\n  handoff: {call: child, with: {}}\n"
        "  after: {needs: handoff.failed, wait: 1h}\nends: {well: handoff, badly: after}\n"
    )
    (tmp_path / "auterity.toml").write_text("")
    for forced in (False, True):
        well = "{expect: {end: well, steps: {handoff/ask: ok}}}"
        assert texts(play(tmp_path, well, flow, forced=forced)) == []
        badly = "{steps: {handoff/ask: {raises: refused}}, expect: {end: badly, elapsed: 1h}}"
        assert texts(play(tmp_path, badly, flow, forced=forced)) == []


def test_values_are_laid_over_maps_key_by_key() -> None:
    below = {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    assert laid_over(below, {"a": {"c": [3]}, "e": 2}) == {
        "a": {"b": 1, "c": [3]},
        "d": 1,
        "e": 2,
    }
    assert below == {"a": {"b": 1, "c": [1, 2]}, "d": 1}


@pytest.mark.parametrize("forced", [False, True], ids=["plain", "forced replay"])
@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_cases_of_shipped_workflows_pass(file: Path, forced: bool) -> None:
    """Under forced replay too: the same results, though each run is loaded anew after every event."""
    tests = Suite.load(file)
    for name in tests.names:
        played = tests.play(name, forced_replay=forced)
        assert texts(played) == [], name


LOCKED = HEAD + (
    "steps:\n"
    "  a: {uses: task.assign, with: {role: x, due: 5m, title: a}, lock: \"'car'\"}\n"
    "  b: {uses: task.assign, with: {role: x, due: 5m, title: b}, lock: \"'car'\"}\n"
)


@pytest.mark.parametrize("forced", [False, True])
def test_steps_that_share_a_lock_take_turns(tmp_path: Path, forced: bool) -> None:
    took = (
        "{steps: {a: {outcome: ok, takes: 1h}, b: {outcome: ok, takes: 2h}}, expect: {elapsed: 3h}}"
    )
    assert texts(play(tmp_path, took, LOCKED, forced=forced)) == []


RACE = HEAD + (
    "steps:\n"
    "  a: {uses: task.assign, with: {role: x, due: 5m, title: a}}\n"
    "  b: {uses: task.assign, with: {role: x, due: 5m, title: b}}\n"
    "  c: {needs: {first: [a, b], cancel_rest: true}, wait: 1h}\n"
    "ends: {well: c}\n"
)


@pytest.mark.parametrize("forced", [False, True])
def test_who_comes_first_cancels_the_others(tmp_path: Path, forced: bool) -> None:
    took = (
        "{steps: {a: {outcome: ok, takes: 3h}, b: {outcome: ok, takes: 2h}},"
        " expect: {elapsed: 3h, steps: {a: cancelled, b: ok}}}"
    )
    assert texts(play(tmp_path, took, RACE, forced=forced)) == []


ESCALATED = HEAD + (
    "steps:\n"
    "  ask:\n"
    "    approve: {role: clerk, title: Go on?, escalate: {after: 2h, role: manager}, timeout: 1d}\n"
    "ends: {well: ask.approved, badly: {any: [ask.rejected, ask.timeout]}}\n"
)


@pytest.mark.parametrize("forced", [False, True])
def test_who_is_asked_in_place_of_others_answers_then(tmp_path: Path, forced: bool) -> None:
    """Their delay counts from when they are asked."""
    case = "{people: [{role: manager, after: 1h}], expect: {end: well, elapsed: 3h}}"
    assert texts(play(tmp_path, case, ESCALATED, forced=forced)) == []


def test_a_run_that_does_not_come_to_rest_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal_store, "MOST_EVENTS", 300)
    flow = HEAD + (
        "steps:\n"
        "  again:\n"
        "    repeat:\n"
        "      max: 1000\n"
        "      until: outcome.look == 'failed'\n"
        "      steps: {look: {uses: task.assign, with: {role: x, due: 5m, title: look}}}\n"
        "    timeout: 1h\n"
        "ends: {well: again, badly: again.exhausted}\n"
    )
    found = texts(play(tmp_path, "{expect: {}}", flow))
    assert any("does not come to rest: 300 events" in text for text in found), found
