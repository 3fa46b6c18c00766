"""The JSON Schema: what is sound fits it, and what has a fault of form does not."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auterity_sdk.runtime.project import workflow_files
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.json_schema import json_schema
from tools.pages.rules import ONLY_RULES_SEE

TESTS = Path(__file__).parent.parent
SOUND = [
    *sorted((TESTS / "corpus" / "sound").glob("*.yaml")),
    *workflow_files((TESTS.parent / "workflows",)),
]
VALIDATORS = {
    "draft-07": jsonschema.Draft7Validator(json_schema("draft-07")),
    "2020-12": jsonschema.Draft202012Validator(json_schema("2020-12")),
}


def form_codes(path: Path) -> set[str]:
    first = path.read_bytes().partition(b"\n")[0].decode()
    codes = {entry.partition(":")[0] for entry in first.removeprefix("# expect: ").split()}
    return {code for code in codes if code == "AUT006" or code.startswith("AUT2")}


FAULTY = [
    path
    for path in sorted((TESTS / "corpus" / "broken").glob("*.yaml"))
    if form_codes(path) - {*ONLY_RULES_SEE}
]
BEYOND = [
    path
    for path in sorted((TESTS / "corpus" / "broken").glob("*.yaml"))
    if form_codes(path) and form_codes(path) <= {*ONLY_RULES_SEE}
]


def data_of(path: Path) -> Any:
    return load_document(path.read_bytes(), file=path.name).data


@pytest.mark.parametrize("dialect", VALIDATORS)
def test_the_schema_is_one_of_its_dialect(dialect: str) -> None:
    validator = VALIDATORS[dialect]
    validator.check_schema(validator.schema)
    assert validator.schema["$schema"] == validator.META_SCHEMA["$schema"]


@pytest.mark.parametrize("dialect", VALIDATORS)
@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_a_sound_file_fits(path: Path, dialect: str) -> None:
    assert [error.message for error in VALIDATORS[dialect].iter_errors(data_of(path))] == []


@pytest.mark.parametrize("dialect", VALIDATORS)
@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_a_file_with_a_fault_of_form_is_refused(path: Path, dialect: str) -> None:
    assert not VALIDATORS[dialect].is_valid(data_of(path))


@pytest.mark.parametrize("path", BEYOND, ids=lambda path: path.stem)
def test_what_only_rules_see_fits_the_schema(path: Path) -> None:
    assert VALIDATORS["2020-12"].is_valid(data_of(path))


def test_each_key_of_the_model_is_described_and_none_is_null() -> None:
    text = str(json_schema("2020-12"))
    assert "'null'" not in text
    assert all("description" in part for part in json_schema("2020-12")["$defs"].values())
