"""What is wrong in a test file is told with its place and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from auterity_sdk.errors import InvalidWorkflow, UsageError
from auterity_sdk.testing.cases.files import find_tests, workflow_of
from auterity_sdk.testing.cases.mistake import InvalidTests
from auterity_sdk.testing.cases.model import CaseFile
from auterity_sdk.testing.cases.play import Suite
from auterity_sdk.testing.cases.schema import schema_of_tests
from auterity_sdk.workflow.document import load_document
from tests.testing.flows import HEAD, NIGHTLY, written

ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "workflows").glob("*.test.yaml"))


def wrong(folder: Path, case: str) -> list[str]:
    """`line:column message (help)` of each mistake in one case, which begins in line 4."""
    file = written(folder, NIGHTLY, f"  one: {case}\n")
    with pytest.raises(InvalidTests) as caught:
        Suite.load(file)
    return [line.removeprefix(f"{file}:") for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("{expect: {ned: x}}", "4:18: unknown key `ned` (a similar key exists: `end`)"),
        ("{steps: {text: {rases: x}}, expect: {}}", "4:24: unknown key `rases`"),
        ("{steps: {text: [{outcome: ok, tmes: 1}]}, expect: {}}", "4:38: unknown key `tmes`"),
        ("{at: soon, expect: {}}", "4:13: `cases.one.at`: a time is written as 2026-11-24T10:00"),
        ("{expect: {messages: {sms: few}}}", "4:34: `cases.one.expect.messages.sms`"),
        ("{cancel: 5, expect: {}}", "4:17: `cases.one.cancel`: a duration is text with units"),
        ("{steps: {text: {times: 1}}, expect: {}}", "4:"),
        ("{}", "4:3: the key `expect` is missing"),
        ("{steps: {txt: {outcome: ok}}, expect: {}}", "4:17: there is no step `txt`"),
        ("{steps: {text: {outcome: sent}}, expect: {}}", "4:33: `sent` is none of the outcomes"),
        ("{steps: {text: {returns: {a: 1}}}, expect: {}}", "4:33: what the script returns is no"),
        ("{steps: {reply: {outcome: ok}}, expect: {}}", "4:17: `reply` cannot be scripted (write"),
        ("{people: [{role: boss}], expect: {}}", "4:25: nothing is asked of the role `boss`"),
        ("{people: [{role: manager, step: text}], expect: {}}", "4:40: `text` is no `approve`"),
        ("{events: [{send: sms.recived}], expect: {}}", "4:25: no step waits for the event"),
        ("{events: [{send: a, after: 1h, at: 2026-11-24T10:00}], expect: {}}", "4:18: `cases.one"),
        ("{input: {phne: x}, expect: {}}", "4:17: `phne` is no input of the workflow (a similar"),
        ("{expect: {end: anwered}}", "4:23: the workflow has no end `anwered`"),
        ("{expect: {steps: {text: sent}}}", "4:32: `text` has no outcome `sent`"),
        ("{expect: {not_reached: [txt]}}", "4:32: there is no step `txt`"),
        ("{expect: {attempts: {txt: 2}}}", "4:29: there is no step `txt`"),
    ],
)
def test_a_mistake_has_its_place(tmp_path: Path, case: str, said: str) -> None:
    found = wrong(tmp_path, case)
    assert any(line.startswith(said) for line in found), found


def test_a_case_needs_a_time(tmp_path: Path) -> None:
    file = written(tmp_path, NIGHTLY, "  one: {expect: {}}\n")
    file.write_text(file.read_text().replace("defaults: {at: 2026-11-24T10:00Z}\n", ""))
    with pytest.raises(InvalidTests, match=r"3:3: the case has no time to begin at"):
        Suite.load(file)


def test_broken_yaml_has_its_place(tmp_path: Path) -> None:
    file = written(tmp_path, NIGHTLY, "  one: {expect: {}\n")
    with pytest.raises(InvalidTests, match=r"flow\.test\.yaml:\d+:\d+: "):
        Suite.load(file)


def test_a_workflow_with_errors_is_not_played(tmp_path: Path) -> None:
    file = written(tmp_path, HEAD + "steps: {a: {uses: no.such}}\n", "  one: {expect: {}}\n")
    with pytest.raises(InvalidWorkflow, match="AUT501"):
        Suite.load(file)


def test_a_test_file_stands_beside_its_workflow_or_names_it(tmp_path: Path) -> None:
    file = written(tmp_path, NIGHTLY, "  one: {expect: {}}\n")
    assert list(find_tests([tmp_path])) == [file]
    assert list(find_tests([tmp_path / "flow.yaml"])) == [file]
    assert workflow_of(file, None) == tmp_path / "flow.yaml"
    (tmp_path / "more").mkdir()
    other = file.rename(tmp_path / "more" / "x.test.yaml")
    assert workflow_of(other, "../flow.yaml").samefile(tmp_path / "flow.yaml")
    with pytest.raises(UsageError, match=r"no x\.yaml beside it"):
        workflow_of(other, None)
    with pytest.raises(UsageError, match=r"no flow\.test\.yaml beside"):
        list(find_tests([tmp_path / "flow.yaml"]))


@pytest.mark.parametrize("dialect", ["draft-07", "2020-12"])
def test_the_published_schema_is_that_of_the_model(dialect: Any) -> None:
    published = ROOT / "docs" / "schema" / f"test.{dialect}.json"
    assert json.loads(published.read_text()) == schema_of_tests(dialect)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_test_files_fit_the_schema(file: Path) -> None:
    data = load_document(file.read_bytes(), file=str(file)).data
    Draft202012Validator(schema_of_tests("2020-12")).validate(data)


_VALUES = st.sampled_from(
    [1, 0, -1, "1h", "x", "failed", True, None, [], ["a"], {}, {"outcome": "ok"}, [{"to": "x"}]]
)
_WHERE = st.sampled_from(
    [
        ("until",), ("description",), ("cancel",), ("events",), ("settle",), ("people",), ("steps", "a"),
        ("expect", "status"), ("expect", "end"), ("expect", "error"), ("expect", "elapsed"),
        ("expect", "steps", "a"), ("expect", "attempts", "a"), ("expect", "messages", "sms"),
        ("expect", "not_reached"), ("requester",), ("input",), ("at",), ("nonsense",),
    ]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.tuples(_WHERE, _VALUES), max_size=3))
def test_schema_and_model_agree(changes: list[tuple[tuple[str, ...], Any]]) -> None:
    case: dict[str, Any] = {"expect": {}}
    for place, value in changes:
        inner = case
        for part in place[:-1]:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                return
        inner[place[-1]] = value
    data = {"auterity_test": 1, "cases": {"one": case}}
    by_schema = Draft202012Validator(schema_of_tests("2020-12")).is_valid(data)
    try:
        CaseFile.model_validate(data)
        by_model = True
    except ValidationError as error:
        across = {"conflicting_keys"}
        by_model = {each["type"] for each in error.errors()} <= across
        by_schema = by_schema and by_model
    if not any(value is None for _, value in changes):  # a key is left out, never left empty
        assert by_schema == by_model, data
