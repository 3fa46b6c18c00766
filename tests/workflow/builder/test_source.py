"""Finding names where Python gives less: without columns, without the source, with deferred annotations."""

from __future__ import annotations

import linecache
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.errors import BuildError
from auterity_sdk.workflow.builder import workflow
from auterity_sdk.workflow.builder.source import python_module
from tests.workflow.builder.flows import Lead, sort

PROGRAM = """
from auterity_sdk.workflow.builder import wait, workflow

@workflow(name="flow")
def flow() -> None:
    first = wait("1d")
    with first.ok:
        second = wait(
            "2d",
        )

print(*flow.workflow.steps)
"""


def test_names_are_found_without_columns(tmp_path: Path) -> None:
    file = tmp_path / "flow.py"
    file.write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, "-X", "no_debug_ranges", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("first second\n", "")


def test_a_file_is_parsed_once_until_it_is_read_anew() -> None:
    first = python_module(__file__)
    assert python_module(__file__) is first
    linecache.clearcache()
    assert python_module(__file__) is not first


def test_without_the_source_a_step_needs_its_id_as_an_option() -> None:
    names: dict[str, Any] = {"__name__": "nowhere"}
    source = PROGRAM.partition("print")[0]
    exec(compile(source, "<nowhere>", "exec", dont_inherit=True), names)  # noqa: S102 - the text above
    with pytest.raises(BuildError, match="the source is not at hand") as caught:
        _ = names["flow"].workflow
    assert caught.value.help == "write .options(id=…)"


def test_annotations_as_text_are_read() -> None:
    @workflow()
    def flow(lead: "Lead") -> None:  # noqa: UP037
        seen = sort(name=lead.name)  # noqa: F841 - the id of the step

    assert flow.workflow.input == {"lead": "Lead"}


def test_an_annotation_that_cannot_be_read_is_refused() -> None:
    @workflow()
    def flow(lead: "Nothing") -> None:  # type: ignore[name-defined]  # noqa: F821, UP037
        seen = sort(name=lead.name)  # noqa: F841 - the id of the step

    with pytest.raises(BuildError, match="annotations of `flow` cannot be read"):
        _ = flow.workflow
