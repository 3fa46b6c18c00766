"""The matrix of `docs/durability.md`, one shape a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.runtime.kill_matrix import MOMENTS, SHAPES, table

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_killed_run_ends_as_the_one_that_was_not(shape: str) -> None:
    # In a process without threads, since it forks.
    command = [sys.executable, "-m", "tests.runtime.kill_matrix", shape]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert "✗" not in done.stdout
    assert done.stdout.count("✓") >= 10


def test_the_page_shows_every_moment_and_shape() -> None:
    page = (ROOT / "docs" / "durability.md").read_text(encoding="utf-8")
    shown = table({shape: dict.fromkeys(_cells(), "ended") for shape in SHAPES})
    assert shown.splitlines()[0] in page
    assert all(f"| {moment} |" in page for moment in MOMENTS)


def _cells() -> list[tuple[str, int]]:
    return [(moment, workers) for moment in MOMENTS for workers in (1, 2)]
