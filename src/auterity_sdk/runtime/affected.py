"""Which workflow files a change may give another verdict: those that changed, those that call them, or all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from auterity_sdk.runtime.loader import PYTHON
from auterity_sdk.runtime.project import SUFFIXES, Project, read, workflow_files
from auterity_sdk.runtime.revisions import Repository
from auterity_sdk.runtime.settings import FILE_NAME, PYPROJECT
from auterity_sdk.workflow.document import load_document


def affected_since(revision: str, files: Sequence[Path], project: Project) -> list[Path]:
    """The files whose verdict may differ from that at a git revision, in their order.

    These are the files that changed, and those that `call` a workflow of a changed file, however far. All are,
    where settings changed, or Python of a project with step modules, or a workflow file is gone. Raises
    `UsageError` outside of a repository and for a revision that git does not know.
    """
    repository = Repository.around(project.root)
    commit = repository.commit(revision)
    changed = repository.changed_since(commit)
    paths = {*changed.there, *changed.gone}
    if any(_concerns_all(path, project) for path in paths):
        return list(files)
    if any(path.suffix in SUFFIXES for path in changed.gone):
        return list(files)
    own = {path for path in changed.there if path.suffix in SUFFIXES}
    names = {name for path in own for name in _names(path, repository, commit)}
    places = {file: file.resolve() for file in files}
    calls = _calls(workflow_files((*files, *project.workflow_folders)))
    callers = _callers(names, calls)
    python = bool(paths)
    return [
        file
        for file, place in places.items()
        if place in own or place in callers or (python and file.suffix == PYTHON)
    ]


def _concerns_all(path: Path, project: Project) -> bool:
    if path.name in (FILE_NAME, PYPROJECT):
        return project.root.is_relative_to(path.parent)
    steps = project.python and project.settings.project.steps
    return bool(steps) and path.suffix == PYTHON and path.is_relative_to(project.root)


def _names(path: Path, repository: Repository, commit: str) -> Iterator[str]:
    """The name of a workflow now and as it was: calls of either are affected."""
    for content in (read(path), repository.find_at(commit, path)):
        data = None if content is None else load_document(content, file=str(path)).data
        if isinstance(data, dict) and isinstance(data.get("name"), str):
            yield data["name"]


def _calls(files: Iterable[Path]) -> Mapping[Path, tuple[str, set[str]]]:
    """The name of the workflow in each file, and those that it calls."""
    found = {}
    for file in files:
        content = read(file) if file.suffix != PYTHON else b""
        # An escape may hide the word, which is not worth a look at every other file.
        if b"call" in content or b"\\" in content:
            data = load_document(content, file=str(file)).data
            name = data.get("name") if isinstance(data, dict) else None
            found[file.resolve()] = (str(name), {*_called(data)})
    return found


def _called(data: Any) -> Iterator[str]:
    """What every key `call` names, wherever it stands, without the version behind `@`."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("call"), str):
                yield value["call"].partition("@")[0]
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _callers(names: set[str], calls: Mapping[Path, tuple[str, set[str]]]) -> set[Path]:
    found: set[Path] = set()
    known = set(names)
    while True:
        more = {path for path, (_, called) in calls.items() if called & known} - found
        if not more:
            return found
        found |= more
        known |= {calls[path][0] for path in more}
