"""Every recorded history is read, folded and decided as it was when it was recorded, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from auterity_sdk.runs.events import Event
from auterity_sdk.runs.journal import from_line, to_line
from auterity_sdk.runtime.inspection import inspect
from tests.runtime.record_histories import HISTORIES, ROOT, journals, kept, states_of
from tests.runtime.scenarios import SCENARIOS
from tests.runtime.test_histories import as_recorded

FILES = sorted(HISTORIES.glob("journal-*.jsonl"))
NOT_RECORDED: frozenset[str] = frozenset()
"""Kinds of event that no history shows yet."""


def lines_of(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_line_is_written_as_it_was(file: Path) -> None:
    for journal in journals(lines_of(file)[1:]).values():
        assert [to_line(from_line(line)) for line in journal] == journal


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_each_state_is_as_it_was(file: Path) -> None:
    def text(states: Any) -> str:
        return json.dumps(states, indent=1, sort_keys=True) + "\n"

    recorded = file.with_suffix(".states.json").read_text(encoding="utf-8")
    found = json.loads(text(await states_of(lines_of(file))))
    assert text(as_recorded(found, json.loads(recorded))) == recorded


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_each_event_would_be_decided_as_it_was(file: Path) -> None:
    here = await kept(lines_of(file))
    for run_id in journals(lines_of(file)[1:]):
        assert (await inspect(here, run_id, reveal=True)).divergence() is None


def test_there_is_a_history_of_each_kind() -> None:
    shipped = {file.name.partition(".")[0] for file in (ROOT / "workflows").glob("*.test.*")}
    assert {file.stem for file in FILES} == {f"journal-{name}" for name in {*SCENARIOS, *shipped}}
    lines = (
        line for file in FILES for each in journals(lines_of(file)[1:]).values() for line in each
    )
    shown = {json.loads(line)[""] for line in lines}
    assert {kind.__name__ for kind in get_args(Event)} - shown == NOT_RECORDED
