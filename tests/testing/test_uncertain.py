"""Steps whose effect is in doubt, in rehearsals and test files."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auterity_sdk.errors import UsageError
from auterity_sdk.testing.cases.play import Suite
from auterity_sdk.testing.cases.recording import record
from auterity_sdk.testing.coverage.coverage import coverage
from auterity_sdk.testing.rehearsal import RUN_ID, Rehearsal
from auterity_sdk.testing.scripts import outcome, raises
from auterity_sdk.workflow.document import write_document
from tests.testing.flows import HEAD, written

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
ORDER = (
    '  order: {uses: http.request, with: {url: "https://x.example", method: POST}, timeout: 2h}\n'
)
ALONE = HEAD + "steps:\n" + ORDER + 'output: {status: "${order.status}"}\n'
NAMED = (
    HEAD
    + "steps:\n"
    + ORDER
    + "  look: {needs: order.uncertain, uses: task.assign, with: {role: parts, due: 5m, title: Look}, timeout: 5m}\n"
    + "ends: {ordered: order, looked: look}\n"
)


@pytest.mark.parametrize("forced", [False, True])
@pytest.mark.parametrize(
    "script", [outcome("uncertain"), raises("effect_unknown"), raises("timeout")]
)
def test_a_step_in_doubt_is_settled(tmp_path: Path, script: object, forced: bool) -> None:
    file = written(tmp_path, ALONE)
    steps = {"order": [script, outcome("ok")]}
    played = Rehearsal(file, {}, at=AT, steps=steps, forced_replay=forced)  # type: ignore[arg-type]
    assert (played.run.status, played.state_of("order")) == ("uncertain", "uncertain")
    assert played.advance("1h").status == "uncertain"
    assert played.settle("order", "ok", status=201).output == {"status": 201}
    again = Rehearsal(file, {}, at=AT, steps=steps, forced_replay=forced)  # type: ignore[arg-type]
    assert again.settle("order", "retry").status == "succeeded"
    bound = Rehearsal(file, {}, at=AT, steps=steps, forced_replay=forced)  # type: ignore[arg-type]
    assert bound.finish().error.type == "effect_unknown"  # type: ignore[union-attr]


CASES = """\
  ordered: {steps: {order: {outcome: ok}}, expect: {end: ordered}}
  looked: {steps: {order: {outcome: uncertain}}, expect: {end: looked, steps: {order: uncertain}}}
"""


def test_a_test_file_scripts_it_and_covers_it(tmp_path: Path) -> None:
    suite = Suite.load(written(tmp_path, NAMED, CASES))
    played = [suite.play(name) for name in suite.names]
    assert [each.shortfalls for each in played] == [(), ()]
    journals = [each.rehearsal.journal() for each in played if each.rehearsal]
    assert coverage(suite.of.checked, journals).missing == ()
    first = coverage(suite.of.checked, journals[:1])
    assert {each.name for each in first.missing} == {
        "order.uncertain",
        "order.uncertain → look",
        "look.ok",
        "look.ok → looked",
    }


def test_a_recorded_run_in_doubt_plays_as_it_was(tmp_path: Path) -> None:
    suite = Suite.load(written(tmp_path, NAMED, CASES))
    first = suite.play("looked").rehearsal
    assert first is not None
    text = write_document(asyncio.run(record(first.runtime, RUN_ID)))
    again = Suite.of_text(text, suite.written.file, suite.of.file, suite.of.project)
    assert again.play(again.names[0]).shortfalls == ()


def test_a_step_that_can_be_repeated_is_not_scripted_so(tmp_path: Path) -> None:
    cases = "  one: {steps: {look: {outcome: uncertain}}, expect: {end: looked}}\n"
    with pytest.raises(UsageError, match="`look` never ends `uncertain`"):
        Suite.load(written(tmp_path, NAMED, cases))


LONG = """\
  said to be done:
    steps: {order: {outcome: uncertain, takes: 1m}}
    settle: [{step: order, outcome: ok, output: {status: 201}, after: 1h}]
    expect: {output: {status: 201}, elapsed: 1h1m}
  tried again twice:
    steps: {order: [{outcome: uncertain}, {outcome: uncertain}, {returns: {status: 200}}]}
    settle: [{step: order, outcome: retry, after: 10m}, {step: order, outcome: retry, name: ann}]
    expect: {output: {status: 200}, attempts: {order: 3}, elapsed: 10m}
  said to have failed:
    steps: {order: {outcome: uncertain}}
    settle: [{step: order, outcome: failed}]
    expect: {error: {type: settled, step: order}}
  nobody says anything:
    steps: {order: {outcome: uncertain}}
    expect: {error: effect_unknown, elapsed: 2h}
"""


@pytest.mark.parametrize("forced", [False, True])
def test_people_of_a_test_file_settle_it(tmp_path: Path, forced: bool) -> None:
    suite = Suite.load(written(tmp_path, ALONE, LONG))
    for name in suite.names:
        assert suite.play(name, forced_replay=forced).shortfalls == (), name


@pytest.mark.parametrize("name", ["said to be done", "tried again twice", "said to have failed"])
def test_what_was_said_of_it_is_recorded(tmp_path: Path, name: str) -> None:
    suite = Suite.load(written(tmp_path, ALONE, LONG))
    first = suite.play(name).rehearsal
    assert first is not None
    text = write_document(asyncio.run(record(first.runtime, RUN_ID)))
    again = Suite.of_text(text, suite.written.file, suite.of.file, suite.of.project)
    played = again.play(again.names[0])
    assert played.shortfalls == ()
    assert played.rehearsal is not None
    assert played.rehearsal.elapsed == first.elapsed
    assert played.rehearsal.run.output == first.run.output


@pytest.mark.parametrize(
    ("settle", "said"),
    [
        ("{step: oder, outcome: ok}", "there is no step `oder`"),
        ("{step: look, outcome: ok}", "`look` never ends `uncertain`"),
        ("{step: order, outcome: done}", "`order` cannot be settled as `done`"),
    ],
)
def test_what_cannot_be_said_of_it_is_a_mistake(tmp_path: Path, settle: str, said: str) -> None:
    cases = f"  one: {{settle: [{settle}], expect: {{}}}}\n"
    with pytest.raises(UsageError, match=said):
        Suite.load(written(tmp_path, NAMED, cases))


@pytest.mark.parametrize(
    ("settle", "said"),
    [
        ("{step: order, outcome: ok, output: {status: many}}", "tester could not settle `order`: "),
        (
            "{step: order, outcome: failed}, {step: order, outcome: ok}",
            "`order` was not to be settled as `ok`: nobody was in doubt of it",
        ),
    ],
)
def test_what_was_said_for_nothing_fails_the_case(tmp_path: Path, settle: str, said: str) -> None:
    script = "steps: {order: {outcome: uncertain}}"
    cases = f"  one: {{{script}, settle: [{settle}], expect: {{status: failed}}}}\n"
    played = Suite.load(written(tmp_path, ALONE, cases)).play("one")
    assert any(short.message.startswith(said) for short in played.shortfalls)
    assert ("cases", "one", "settle") in [short.place for short in played.shortfalls]


CANCEL = """\
  at once:
    steps: {order: {returns: {status: 200}, takes: 1h}}
    cancel: 20m
    expect: {status: cancelled, steps: {order: cancelled}, elapsed: 20m}
  after the step:
    steps: {order: {returns: {status: 200}, takes: 1h}}
    cancel: {after: 20m, after_step: true}
    expect: {status: cancelled, steps: {order: ok}, elapsed: 1h}
"""


@pytest.mark.parametrize("forced", [False, True])
def test_a_run_is_cancelled_at_once_or_after_the_step(tmp_path: Path, forced: bool) -> None:
    more = ALONE.replace("output:", "  later: {needs: order, wait: 1d}\noutput:")
    suite = Suite.load(written(tmp_path, more, CANCEL))
    for name in suite.names:
        played = suite.play(name, forced_replay=forced)
        assert played.shortfalls == (), name
        assert played.rehearsal is not None
        text = write_document(asyncio.run(record(played.rehearsal.runtime, RUN_ID)))
        again = Suite.of_text(text, suite.written.file, suite.of.file, suite.of.project)
        assert again.play(again.names[0], forced_replay=forced).shortfalls == ()
