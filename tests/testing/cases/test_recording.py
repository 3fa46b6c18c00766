"""A run that took place, recorded as a test: it plays as the run did, and tells nobody's data."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from auterity_sdk.errors import UsageError
from auterity_sdk.testing.cases.play import Played, Suite
from auterity_sdk.testing.cases.recording import record
from auterity_sdk.testing.rehearsal import RUN_ID, Rehearsal
from auterity_sdk.workflow.document import write_document
from tests.testing.flows import HEAD, NIGHTLY, written

ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "workflows").glob("*.test.yaml"))
PERSONAL = (
    "Jordan",
    "Rivera",
    "5550188",
    "jordan.rivera",
    "Maple",
    "O'Neill",
    "5550142",
    "5FNYF5H5",
)


def recorded(rehearsal: Rehearsal, *, reveal: bool = False) -> str:
    return write_document(asyncio.run(record(rehearsal.runtime, RUN_ID, reveal=reveal)))


def replayed(text: str, suite: Suite, *, forced: bool = False) -> Played:
    again = Suite.of_text(text, suite.written.file, suite.of.file, suite.of.project)
    (name,) = again.names
    return again.play(name, forced_replay=forced)


def states(rehearsal: Rehearsal) -> dict[str, tuple[str, int]]:
    return {path: (step.state, step.attempt) for path, step in rehearsal.walk()}


@pytest.mark.parametrize("reveal", [False, True], ids=["masked", "in clear"])
@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_recorded_run_plays_as_it_was(file: Path, reveal: bool) -> None:
    suite = Suite.load(file)
    for name in suite.names:
        first = suite.play(name).rehearsal
        assert first is not None
        text = recorded(first, reveal=reveal)
        if not reveal:
            assert not [word for word in PERSONAL if word in text], name
        again = replayed(text, suite)
        assert again.shortfalls == (), name
        assert again.rehearsal is not None
        assert states(again.rehearsal) == states(first), name


FLOWS = {
    "approved and answered": (
        NIGHTLY,
        (
            "{people: [{role: manager, after: 2h}], events: [{send: sms.received, "
            'with: {from: "+14195550188"}, after: 3h}], expect: {end: answered}}'
        ),
    ),
    "rejected": (NIGHTLY, "{people: [{role: manager, answer: reject}], expect: {end: called}}"),
    "out of time": (NIGHTLY, "{steps: {text: {outcome: ok, takes: 10m}}, expect: {end: called}}"),
    "tried again": (
        NIGHTLY,
        (
            "{steps: {text: [{raises: network, takes: 3s}, {raises: {type: rate_limit, "
            "retry_after: 40s}}, {outcome: ok}]}, expect: {end: called}}"
        ),
    ),
    "failed": (
        NIGHTLY,
        "{steps: {text: {raises: network}, call: {raises: refused}}, expect: {error: refused}}",
    ),
    "cancelled and undone": (
        HEAD + "steps:\n"
        "  book:\n"
        "    uses: task.assign\n"
        "    with: {role: x, due: 5m, title: book}\n"
        "    compensate: {uses: task.assign, with: {role: x, due: 5m, title: unbook}}\n"
        "  later: {needs: book, wait: 9d}\n",
        "{cancel: 1d, expect: {status: cancelled}}",
    ),
    "asked in place of others": (
        HEAD + "steps:\n"
        "  ask: {approve: {role: clerk, title: Go on?, escalate: {after: 2h, role: manager}, "
        "timeout: 1d}}\n"
        "ends: {well: ask.approved, badly: {any: [ask.rejected, ask.timeout]}}\n",
        "{people: [{role: manager, after: 1h}], expect: {end: well, elapsed: 3h}}",
    ),
    "late": (
        NIGHTLY + "guarantees: [call within 12d12h of start]\n",
        (
            "{people: [{role: manager, after: 20h}], "
            "expect: {breaches: [call within 12d12h of start]}}"
        ),
    ),
    "in a loop": (
        HEAD + "steps:\n"
        "  all: {for_each: {in: '[1, 2]', until_failures: 2, steps: {ask: {uses: task.assign, "
        "with: {role: x, due: 5m, title: ask}}}}}\n",
        "{steps: {'all[1]/ask': {raises: refused}}, expect: {}}",
    ),
    "calling": (
        HEAD + "steps:\n  handoff: {call: child, with: {}}\n"
        "  after: {needs: handoff.failed, wait: 1h}\nends: {well: handoff, badly: after}\n",
        "{steps: {handoff/ask: {raises: refused}}, expect: {end: badly}}",
    ),
}
CHILD = "auterity: 1\nname: child\nsteps:\n  ask: {uses: task.assign, with: {role: x, due: 5m, title: a}}\n"


@pytest.mark.parametrize("name", FLOWS)
def test_whatever_happened_happens_again(tmp_path: Path, name: str) -> None:
    workflow, case = FLOWS[name]
    (tmp_path / "auterity.toml").write_text("")
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "child.yaml").write_text(CHILD)
    suite = Suite.load(written(tmp_path, workflow, f"  one: {case}\n"))
    played = suite.play("one")
    assert played.shortfalls == ()
    assert played.rehearsal is not None
    for forced in (False, True):
        again = replayed(recorded(played.rehearsal), suite, forced=forced)
        assert again.shortfalls == ()
        assert again.rehearsal is not None
        assert states(again.rehearsal) == states(played.rehearsal)
        assert again.rehearsal.elapsed == played.rehearsal.elapsed


def test_a_run_that_goes_on_is_not_recorded(tmp_path: Path) -> None:
    suite = Suite.load(written(tmp_path, NIGHTLY, "  one: {until: 1h, expect: {}}\n"))
    played = suite.play("one").rehearsal
    assert played is not None
    with pytest.raises(UsageError, match="has not ended"):
        recorded(played)
