"""What is committed: nothing private, nothing of one machine."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRIVATE = re.compile(r"(?<![\w.~-])/(?:home|Users|root|work)/\w")
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every file that is or may be committed, by its path; bytes that are no text are kept out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return {
        str(path.relative_to(ROOT)): path.read_bytes().decode("utf-8", "replace")
        for path in paths
        if path.is_file()
    }


def test_no_file_names_a_private_path(texts: dict[str, str]) -> None:
    found = {name: hit[0] for name, text in texts.items() if (hit := PRIVATE.search(text))}
    assert found == {}


def test_actions_are_pinned_by_commit(texts: dict[str, str]) -> None:
    uses = [
        line.strip().removeprefix("- ")
        for name, text in texts.items()
        if name.startswith(".github/workflows/") or name == "action.yml"
        for line in text.splitlines()
        if "uses:" in line
    ]
    assert uses
    assert [line for line in uses if not PINNED.match(line)] == []
