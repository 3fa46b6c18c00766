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
