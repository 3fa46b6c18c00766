"""What most tests of runs need: a store of either kind, and a folder in which effects can be counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from tests.runtime.worlds import EFFECTS


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MemoryStore | SqliteStore]:
    """A store in memory, then one in a file."""
    if request.param == "memory":
        yield MemoryStore()
        return
    made = SqliteStore(tmp_path / "runs.db")
    yield made
    made.close()


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Callable[[], SqliteStore]]:
    """Opens one file once more, as another process would; all are closed at the test's end."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(SqliteStore(tmp_path / "runs.db")))


@pytest.fixture
def effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the step types of `worlds` leave their marks."""
    folder = tmp_path / "effects"
    folder.mkdir()
    monkeypatch.setenv(EFFECTS, str(folder))
    return folder
