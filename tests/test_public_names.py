"""The names that a user imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import auterity_sdk

PROGRAM = """
from auterity_sdk import wait, workflow

@workflow(name="a")
def a() -> None:
    pause = wait("1d")

import auterity_sdk.workflow.model
print(a.workflow.name, callable(auterity_sdk.workflow.model.load))
"""


@pytest.mark.parametrize(
    "first",
    [
        "pass",
        "import auterity_sdk.workflow.model",
        "from auterity_sdk.workflow.builder import wait",
    ],
)
def test_workflow_is_the_decorator_whatever_was_imported_before(first: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(f"{first}\n{PROGRAM}")
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=False)
    assert done.stdout == "a True\n", done.stderr


def test_every_public_name_is_there() -> None:
    assert list(auterity_sdk.__all__) == sorted(set(auterity_sdk.__all__))
    for name in auterity_sdk.__all__:
        assert getattr(auterity_sdk, name) is not None
    assert set(auterity_sdk.__all__) <= set(dir(auterity_sdk))


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'wrokflow'"):
        _ = auterity_sdk.wrokflow
