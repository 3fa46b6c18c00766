"""What a type checker says of workflow functions: nothing of right ones, and exactly this of wrong ones.

`expected.txt` holds mypy's errors; `UPDATE_GOLDEN=1 pytest tests/typing` writes it anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
EXPECTED = HERE / "expected.txt"
ROOT = HERE.parent.parent


def mypy(folder: str, cache: Path) -> list[str]:
    """The errors in a folder, one a line, without notes."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--no-pretty"]
    command += ["--explicit-package-bases", f"--cache-dir={cache}", str(HERE / folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    lines = (line for line in done.stdout.splitlines() if ": error: " in line)
    return [line.replace(str(HERE.relative_to(ROOT)) + os.sep, "") for line in lines]


def test_right_uses_have_no_type_error_and_wrong_ones_have_these(tmp_path: Path) -> None:
    assert mypy("right", tmp_path) == []
    found = mypy("wrong", tmp_path)
    if os.environ.get("UPDATE_GOLDEN"):
        EXPECTED.write_text("\n".join(found) + "\n", encoding="utf-8")
    assert found == EXPECTED.read_text(encoding="utf-8").splitlines()


def test_each_marked_line_is_expected_to_be_an_error() -> None:
    marked = {
        f"{file.relative_to(HERE).as_posix()}:{number}"
        for file in (HERE / "wrong").glob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if "  # E: " in line
    }
    expected = EXPECTED.read_text(encoding="utf-8").splitlines()
    places = {match[0] for line in expected if (match := re.match(r"[^:]+:\d+", line))}
    assert marked == places
