"""The files of documents in the folders that a project names in `[knowledge.NAME]`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatch
from functools import partial
from pathlib import Path, PurePosixPath

from auterity_sdk.ai.knowledge.documents.reading import ENDINGS, LARGEST
from auterity_sdk.ai.knowledge.documents.section import Unreadable
from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import KnowledgeTable


def documents(project: Project, table: KnowledgeTable) -> Mapping[str, Callable[[], bytes]]:
    """The files of the knowledge's folders, by their path from the project, each with what reads it.

    Raises `ConfigurationError` for a folder that is not there.
    """
    found: dict[str, Callable[[], bytes]] = {}
    for folder in table.folders:
        start = project.root / folder
        if not start.is_dir():
            raise ConfigurationError(
                f"[knowledge] names the folder {folder}, which is not there",
                help=f"make {start}, or take it out of auterity.toml",
            )
        for file in _files(start):
            within = PurePosixPath(file.relative_to(start).as_posix())
            if _is_meant(within, table):
                found[_name(file, project.root)] = partial(_read, file)
    return found


def _files(start: Path) -> Iterator[Path]:
    for folder, inner, files in os.walk(start):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))


def _is_meant(within: PurePosixPath, table: KnowledgeTable) -> bool:
    def named(patterns: tuple[str, ...]) -> bool:
        return any(fnmatch(str(within), each) or fnmatch(within.name, each) for each in patterns)

    if named(table.exclude):
        return False
    return named(table.include) if table.include else within.suffix.lower() in ENDINGS


def _name(file: Path, root: Path) -> str:
    return (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()


def _read(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise Unreadable("it is no file")
        if file.stat().st_size > LARGEST:
            raise Unreadable(f"it is larger than {LARGEST // 2**20} MB")
        return file.read_bytes()
    except OSError as error:
        raise Unreadable((error.strerror or type(error).__name__).lower()) from None
