"""Forced replay: random workflows come to the same, whether or not each run is loaded anew after every event."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace as with_fields

from auterity_sdk.checks.check import check_workflow
from auterity_sdk.errors import StepError
from auterity_sdk.runs.events import Event, StepStarted
from auterity_sdk.runs.journal import to_line
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.testing import Rehearsal, rehearsal_store
from auterity_sdk.testing.cases.cast import CaseCast
from auterity_sdk.testing.cases.model import Person
from auterity_sdk.testing.rehearsal import RUN_ID, Rehearsed
from auterity_sdk.testing.rehearsal_store import RehearsalStore
from auterity_sdk.testing.scripted_steps import UnloadablePulse
from auterity_sdk.testing.scripts import Script, outcome, raises
from auterity_sdk.testing.steps_by_path import StepsByPath
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.model import load
from tests.checks import soundness_fuzz as fuzz
from tests.testing.flows import HEAD, written

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def played(of: Rehearsed, seed: int, *, forced: bool) -> Rehearsal:
    random = Random(seed)
    assert of.checked.graph is not None
    known = StepsByPath.of(of.checked.graph, of.registry)
    people = [
        Person(
            role="gm",
            name=f"p{number}",
            answer=random.choice(("approve", "reject")),
            after=Duration(random.randrange(5) * 1_800_000),
        )
        for number in range(2)
    ]
    rehearsal = Rehearsal(
        of,
        {name: random.choice((-1, 1)) for name in fuzz.INPUTS},
        at=NOON,
        steps={path: scripted(path, known, random) for path in known},
        forced_replay=forced,
        cast=CaseCast(known, people, [], UTC),
    )
    rehearsal.finish()
    return rehearsal


def scripted(path: str, known: StepsByPath, random: Random) -> Script:
    own = known[path].outcomes or ("ok",)
    takes = f"{random.randrange(4)}h"
    if random.random() < 0.15:
        return raises("refused", takes=takes)
    return outcome(random.choice(own), takes=takes)


def told(rehearsal: Rehearsal) -> list[Any]:
    run = rehearsal.run
    steps = [(path, step.state, step.attempt) for path, step in rehearsal.walk()]
    return [run.status, run.end, run.error, rehearsal.elapsed, steps]


@pytest.mark.parametrize("part", range(3))
def test_random_workflows_come_to_the_same(tmp_path: Path, part: int) -> None:
    project = Project.find(tmp_path)
    ended = set()
    for seed in range(900_000 + part * 1000, 900_000 + part * 1000 + 40):
        workflow = load(fuzz.graph(seed))
        checked = check_workflow(workflow, fuzz.Nowhere(), fuzz.REGISTRY, rules=())
        of = Rehearsed(Path("random.yaml"), project, checked, workflow, fuzz.REGISTRY)
        plain, forced = (played(of, seed, forced=each) for each in (False, True))
        assert told(forced) == told(plain), seed
        assert len(forced.journal(RUN_ID)) == len(plain.journal(RUN_ID)), seed
        assert sorted(map(to_line, forced.journal(RUN_ID))) == sorted(
            map(to_line, plain.journal(RUN_ID))
        ), seed
        ended.add(plain.run.status)
    assert {"succeeded", "failed"} <= ended


def test_the_run_is_loaded_after_every_transition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[int] = []
    real = RehearsalStore.events

    async def events(store: RehearsalStore, run_id: str, after: int = 0) -> Any:
        loads.append(after)
        return await real(store, run_id, after)

    monkeypatch.setattr(RehearsalStore, "events", events)
    file = written(
        tmp_path,
        HEAD + "steps: {a: {wait: 1d}, b: {needs: a, wait: 1d}, c: {needs: b, wait: 1d}}\n",
    )
    Rehearsal(file, {}, at=NOON).finish()
    plainly = loads.count(0)
    loads.clear()
    Rehearsal(file, {}, at=NOON, forced_replay=True).finish()
    assert loads.count(0) >= plainly + 3


def test_what_a_journal_cannot_keep_is_seen_only_under_forced_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that forgot the wake of a timer when it is loaded would pass without the switch."""
    file = written(tmp_path, HEAD + "steps: {a: {wait: 1d}, b: {needs: a, wait: 1d}}\n")
    real = rehearsal_store.from_line

    def forgetful(line: str) -> Event:
        event = real(line)
        return with_fields(event, wake=None) if isinstance(event, StepStarted) else event

    monkeypatch.setattr(rehearsal_store, "from_line", forgetful)
    assert Rehearsal(file, {}, at=NOON).finish().status == "succeeded"
    assert Rehearsal(file, {}, at=NOON, forced_replay=True).finish().status == "waiting"


BEATING = """\
import asyncio

from auterity_sdk import Output, StepContext, step


class Told(Output):
    rows: int


@step(name="our.rows")
async def rows(context: StepContext) -> Told:
    found = context.heartbeat_details
    for row in range(20):
        context.heartbeat({"row": row})
        await asyncio.sleep(0.002)
        if found is None and row == 10:
            raise ConnectionError
    return Told(rows=found["row"])


@step(name="our.quick")
async def quick() -> None:
    await asyncio.sleep(0.005)
"""


def beating(tmp_path: Path) -> Path:
    """A workflow whose longest step tells how far it is, beside a chain of short ones."""
    (tmp_path / "auterity.toml").write_text('[project]\nsteps = ["our_rows"]\n')
    (tmp_path / "our_rows.py").write_text(BEATING)
    quick = "".join(
        f"  q{n}: {{{f'needs: q{n - 1}, ' if n else ''}uses: our.quick, timeout: 1h}}\n"
        for n in range(5)
    )
    file = tmp_path / "flow.yaml"
    file.write_text(
        "auterity: 1\nname: flow\nsteps:\n  rows: {uses: our.rows, timeout: 1h, retry: {heartbeat: 30s}}\n"
        f'{quick}output: {{rows: "${{rows.rows}}"}}\n'
    )
    return file


@pytest.mark.parametrize("forced", [False, True])
def test_an_attempt_that_beats_outlives_being_unloaded(tmp_path: Path, forced: bool) -> None:
    file = beating(tmp_path)
    at = datetime(2026, 11, 24, 10, tzinfo=UTC)
    played = Rehearsal(file, {}, at=at, forced_replay=forced).finish()
    assert (played.status, played.output) == ("succeeded", {"rows": 10})


def test_what_an_attempt_tells_while_its_run_is_not_loaded_is_told_when_it_is() -> None:
    class Told:
        earlier = None

        def __init__(self, *, over: bool) -> None:
            self.over, self.details = over, list[Any]()

        def beat(self, details: Any) -> None:
            if self.over:
                raise StepError("the attempt was told to stop")
            self.details.append(details)

    old, new = Told(over=True), Told(over=False)
    pulse = UnloadablePulse(old)
    pulse.beat({"row": 9})
    pulse.beat({"row": 10})
    pulse.go_on(new)
    pulse.beat({"row": 11})
    assert new.details == [{"row": 10}, {"row": 11}]


def test_no_time_passes_between_the_work_of_an_attempt_and_its_recorded_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an attempt told last is kept before it answers: that may take longer than other steps."""

    async def slow(store: RehearsalStore, run_id: str, step: str, *beat: Any) -> None:
        await asyncio.sleep(0.05)
        await MemoryStore.beat(store, run_id, step, *beat)

    monkeypatch.setattr(RehearsalStore, "beat", slow)
    file = beating(tmp_path)
    played = Rehearsal(file, {}, at=NOON).finish()
    assert (played.status, played.output) == ("succeeded", {"rows": 10})
