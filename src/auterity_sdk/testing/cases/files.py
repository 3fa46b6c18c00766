"""Which files are test files, and of which workflow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.loader import PYTHON
from auterity_sdk.runtime.project import SUFFIXES, TEST_MARK, is_test_file


def find_tests(places: Iterable[Path]) -> Iterator[Path]:
    """The test files among files and in folders, sorted, hidden folders left out.

    A workflow's file stands for the test file beside it. Raises `UsageError` for one without.
    """
    for place in places:
        if place.is_dir():
            yield from _below(place)
        elif is_test_file(place) or not place.exists():
            yield place
        else:
            yield _beside(place)


def workflow_of(file: Path, written: str | None) -> Path:
    """The workflow that a test file is of. Raises `UsageError` where it is not there."""
    if written is not None:
        found = file.parent / written
        if found.is_file():
            return found
        raise UsageError(
            f"{file}: there is no workflow file {found}", help="see its key `workflow`"
        )
    stem = file.stem.removesuffix(TEST_MARK)
    for suffix in (*SUFFIXES, PYTHON):
        if (found := file.parent / (stem + suffix)).is_file():
            return found
    raise UsageError(
        f"{file}: there is no {stem}.yaml beside it", help="name the workflow: `workflow: PATH`"
    )


def _below(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _below(entry)
        elif is_test_file(entry) and entry.is_file():
            yield entry


def _beside(workflow: Path) -> Path:
    for suffix in SUFFIXES:
        if (found := workflow.with_name(workflow.stem + TEST_MARK + suffix)).is_file():
            return found
    raise UsageError(
        f"there is no {workflow.stem}{TEST_MARK}.yaml beside {workflow}",
        help="`auterity runs record` writes one from a run",
    )
