"""Plays test files for `auterity test`, one after the other, whatever is wrong in one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from auterity_sdk.errors import AuterityError, InvalidWorkflow
from auterity_sdk.runtime.project import Project
from auterity_sdk.testing.cases.mistake import InvalidTests
from auterity_sdk.testing.cases.play import Played, Suite


class Wrong(Struct, frozen=True):
    """Why a test file was not played. `line` and `column` are 0 where it is about the whole file."""

    message: str
    help: str = ""
    line: int = 0
    column: int = 0


class OfFile(Struct, frozen=True):
    """What became of one test file. `tests` is None where it could not be played, and `wrong` says why.

    `usage`: it is the test file that is wrong, not the workflow.
    """

    file: Path
    tests: Suite | None = None
    played: tuple[Played, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    usage: bool = False


def play(
    files: Iterable[Path],
    *,
    only: str = "",
    forced_replay: bool = False,
    record: bool = False,
    project: Project | None,
) -> Iterator[OfFile]:
    """Play the cases whose name has `only` in it, upper and lower case alike."""
    for file in files:
        try:
            tests = Suite.load(file, project)
        except InvalidTests as error:
            wrong = (Wrong(each.message, each.help, *error.place(each)) for each in error.mistakes)
            yield OfFile(file, wrong=tuple(wrong), usage=True)
            continue
        except AuterityError as error:
            is_usage = not isinstance(error, InvalidWorkflow)
            yield OfFile(file, wrong=(Wrong(error.message, error.help or ""),), usage=is_usage)
            continue
        wanted = re.compile(re.escape(only), re.IGNORECASE)
        names = [name for name in tests.names if wanted.search(name)]
        played = (tests.play(name, forced_replay=forced_replay, record=record) for name in names)
        yield OfFile(file, tests, tuple(played))
