"""Each shipped workflow that asks a model, offline and by recorded answers: the same twice, and never a call."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from auterity_sdk.ai.answer_file import AnswerFile
from auterity_sdk.runs.events import Event, EventTaken
from auterity_sdk.runtime.project import Project
from auterity_sdk.testing.cases.play import Suite
from auterity_sdk.testing.kept_answers import answers_of
from tests.ai.model_server import Reply, serving
from tests.testing.record_shipped import WORKFLOWS, record, suites

SUITES = pytest.mark.parametrize(
    "file", list(suites()), ids=lambda file: file.name.partition(".")[0]
)
ROOT = WORKFLOWS.parent


def workflow_of(file: Path) -> Path:
    return file.with_name(file.name.replace(".test", ""))


def played(suite: Suite) -> dict[str, list[Any]]:
    """The journal of each case, all of which pass."""
    found = {}
    for name in suite.names:
        case = suite.play(name)
        assert case.passed, (name, case.shortfalls)
        assert case.rehearsal is not None
        found[name] = [of_any_event(event) for event in case.rehearsal.journal()]
    return found


def of_any_event(event: Event) -> Event:
    """An outside event has another id each time."""
    return replace(event, event="") if isinstance(event, EventTaken) else event


def providers(journals: dict[str, list[Any]]) -> set[str]:
    outputs = [getattr(event, "output", None) or {} for each in journals.values() for event in each]
    evidence = (output.get("evidence") or {} for output in outputs if isinstance(output, dict))
    return {each["provider"] for each in evidence if each.get("requests")}


def copied(file: Path, folder: Path, *, answers: bool) -> Path:
    """A project with the workflow alone, and the data of its tests."""
    shutil.copytree(ROOT / "examples" / "data", folder / "examples" / "data")
    (folder / "workflows").mkdir()
    kept = (answers_of(workflow_of(file)),) if answers else ()
    for each in (file, workflow_of(file), *kept):
        shutil.copy(each, folder / "workflows")
    return folder / "workflows" / file.name


@SUITES
def test_recorded_answers_give_the_same_result_twice(file: Path) -> None:
    once, again = played(Suite.load(file)), played(Suite.load(file))
    assert once == again
    assert providers(once) == {"recorded"}


@SUITES
def test_the_offline_rules_give_the_same_result_twice(file: Path, tmp_path: Path) -> None:
    alone = copied(file, tmp_path, answers=False)
    once, again = played(Suite.load(alone)), played(Suite.load(alone))
    assert once == again
    assert providers(once) == {"offline"}


@SUITES
def test_a_request_that_was_not_recorded_is_an_error_and_no_call(
    file: Path, tmp_path: Path
) -> None:
    alone = copied(file, tmp_path, answers=True)
    kept = answers_of(workflow_of(alone))
    whole = json.loads(kept.read_text())
    assert whole["answers"]
    kept.write_text(json.dumps({**whole, "answers": {}}))
    with serving(Reply("{}")) as server:
        (tmp_path / "auterity.toml").write_text(
            f'[connections.llm]\nuse = "openai"\nbase_url = "{server.url}"\nmodel = "m"\n'
        )
        suite = Suite.load(alone, Project.find(tmp_path))
        errors = set()
        for name in suite.names:
            case = suite.play(name)
            assert case.rehearsal is not None
            errors |= {
                event.error.type
                for event in case.rehearsal.journal()
                if getattr(event, "error", None) is not None
            }
    assert "unrecorded" in errors
    assert server.received == []


@SUITES
def test_what_is_recorded_is_what_the_client_brings(file: Path, tmp_path: Path) -> None:
    """The files are those that `python -m tests.testing.record_shipped` makes: nothing in them is of another workflow."""
    answers = tmp_path / "answers.json"
    record(file, answers)
    assert AnswerFile(answers).entries() == AnswerFile(answers_of(workflow_of(file))).entries()
