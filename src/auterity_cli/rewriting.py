"""Files whose fixes are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from auterity_cli.replace_file import replace_file
from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.checks.fixing import fixed
from auterity_sdk.checks.policy import Policy
from auterity_sdk.runtime.loader import PYTHON
from auterity_sdk.runtime.project import Project, read
from auterity_sdk.workflow.document import load_document


class Rewritten(Struct, frozen=True):
    """A file whose fixes were made: what it held, what it holds now, and how many there were."""

    file: Path
    old: bytes
    new: bytes
    made: int


def fix(
    files: Sequence[Path], project: Project, policy: Policy, *, unsafe: bool
) -> Iterator[Rewritten]:
    """The files that change when fixes are made. Python files are left as they are."""
    for file in files:
        if file.suffix == PYTHON:
            continue

        def checked(content: bytes, file: Path = file) -> Checked:
            document = load_document(content, file=str(file))
            return check_document(document, project.registry, policy=policy)

        old = read(file)
        after = fixed(old, checked, unsafe=unsafe)
        if after.made:
            yield Rewritten(file, old, after.content, after.made)


def write(change: Rewritten) -> None:
    """Put the new content in place of the file's."""
    replace_file(change.file, change.new)
