"""The step that looks things up in the dealership's own documents, over a real index."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from auterity_sdk.errors import StepError
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_connections import connections_of
from auterity_sdk.steps.builtin.ai import retrieve
from auterity_sdk.steps.context import StepContext

SETTINGS = """
[knowledge.store]
folders = ["docs"]
"""


@pytest.fixture
def at_a_store(context: StepContext, tmp_path: Path) -> StepContext:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/service.md").write_text(
        "# Service\n\n## Oil change\n\nAn oil change takes 45 minutes.\n\n## Tires\n\nWe rotate tires free of charge.\n"
    )
    (tmp_path / "auterity.toml").write_text(SETTINGS)
    command = [
        sys.executable,
        "-m",
        "auterity_cli",
        "knowledge",
        "build",
        "--project",
        str(tmp_path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return replace(context, connections=connections_of(Project.find(tmp_path)))


async def test_the_passage_that_answers_comes_first_with_its_source(
    at_a_store: StepContext,
) -> None:
    made = await retrieve.function(at_a_store, question="How long does an oil change take?", most=1)
    [passage] = made.passages
    assert "45 minutes" in passage.text
    assert passage.source.startswith("docs/service.md: ")
    assert "Oil change" in passage.source
    assert made.text == f"[{passage.source}]\n{passage.text}"
    assert made.model.startswith("offline")


async def test_no_question_is_bad_input(at_a_store: StepContext) -> None:
    with pytest.raises(StepError, match="no question"):
        await retrieve.function(at_a_store, question=" ")
