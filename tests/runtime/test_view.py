"""A run's view as data: the contract has all of it, and the view of the data is the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auterity_cli.output.run import run_json
from auterity_sdk.hosted.schemas.run import FORMAT, Run
from auterity_sdk.runtime.inspection import inspect
from auterity_sdk.runtime.view import view_of
from tests.runtime.record_histories import journals, kept
from tests.runtime.test_recorded_journals import FILES, lines_of


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_run_survives_the_wire(file: Path) -> None:
    lines = lines_of(file)
    here = await kept(lines)
    for run_id in journals(lines[1:]):
        found = await inspect(here, run_id)
        shown = found.view()
        sent = Run(format=FORMAT, events=len(found.events), **shown.as_data()).model_dump_json()
        came = view_of(Run.model_validate_json(sent).model_dump())
        assert json.loads(run_json(came)) == json.loads(run_json(shown))
