"""Checks whose verdicts are kept: a file that did not change, nor what it refers to, is not checked again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from auterity_sdk.checks.check import check_document
from auterity_sdk.checks.policy import Policy
from auterity_sdk.diagnostics import Report
from auterity_sdk.runtime import verdict_form
from auterity_sdk.runtime.loader import PYTHON, check_file
from auterity_sdk.runtime.project import Project, read
from auterity_sdk.runtime.verdict_key import surroundings, workflows_in
from auterity_sdk.runtime.verdict_store import VerdictStore
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.document import load_document

T = TypeVar("T")


class Verdicts:
    """The reports on files of one project, under one policy, made or remembered.

    A verdict is kept by the hash of the file's bytes, its name, and its `surroundings`; that of a file which
    asked for other workflows counts as long as no workflow of the project's folders changes. Python files are
    always checked, since what they import is not known before they are run.
    """

    def __init__(self, project: Project, policy: Policy, store: VerdictStore | None = None) -> None:
        self._project = project
        self._policy = policy
        self._store = store

    def reports(self, file: Path) -> Sequence[Report]:
        """The reports on a file. Raises `UsageError` for one that cannot be read."""
        if self._store is None or file.suffix == PYTHON:
            checked = check_file(file, self._project, self._policy)
            return [each.report for each in checked]
        content = read(file)
        key = hashlib.sha256(
            f"{self._surroundings}\n{file}\n".encode(errors="surrogateescape") + content
        ).hexdigest()
        kept = self._kept(key, file, content)
        if kept is None:
            kept, asked, pinned = self._checked(file, content)
            workflows = self._workflows if asked else None
            if not pinned:  # which versions the store has changes with each run
                self._store.put(key, {"workflows": workflows, **verdict_form.written(kept)})
        return [kept]

    def _kept(self, key: str, file: Path, content: bytes) -> Report | None:
        entry = self._store.get(key) if self._store is not None else None
        try:
            if entry is None or entry["workflows"] not in (None, self._workflows_if(entry)):
                return None
            return verdict_form.read(entry, str(file), content)
        except (AttributeError, LookupError, TypeError, ValueError):
            return None

    def _workflows_if(self, entry: Mapping[str, Any]) -> str | None:
        return None if entry["workflows"] is None else self._workflows

    def _checked(self, file: Path, content: bytes) -> tuple[Report, bool, bool]:
        """The report, and whether it depends on other workflows, and on certain versions of them."""
        registry = self._project.registry
        workflows, versions = _Watched(registry.workflows), _Watched(registry.versions)
        catalog: Registry = replace(registry, workflows=workflows, versions=versions)
        document = load_document(content, file=str(file))
        report = check_document(document, catalog, policy=self._policy).report
        return report, workflows.asked, versions.asked

    @cached_property
    def _surroundings(self) -> str:
        return surroundings(self._project, self._policy)

    @cached_property
    def _workflows(self) -> str:
        return workflows_in(self._project.workflow_folders)


class _Watched(Mapping[str, T]):
    """The workflows of a project, or versions of them, and whether a check asked for any."""

    def __init__(self, workflows: Mapping[str, T]) -> None:
        self._workflows = workflows
        self.asked = False

    def __getitem__(self, name: str) -> T:
        self.asked = True
        return self._workflows[name]

    def __iter__(self) -> Iterator[str]:
        self.asked = True
        return iter(self._workflows)

    def __len__(self) -> int:
        self.asked = True
        return len(self._workflows)
