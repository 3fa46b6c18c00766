"""Which files are checked: those that are named, all of a project, or what changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from auterity_sdk.runtime.project import Project, is_workflow_file, workflow_files


class Choice(Struct, frozen=True):
    """`only_workflows` passes over named files that are none; `changed_since` is a git revision."""

    only_workflows: bool = False
    changed_since: str | None = None

    @property
    def may_be_none(self) -> bool:
        """That no file is left is as good as that all of them are right."""
        return self.only_workflows or self.changed_since is not None

    def files(self, places: Sequence[Path] | None, project: Project) -> list[Path]:
        """The files among `places`, or else of the project. Raises `UsageError` for what git cannot tell."""
        asked = tuple(places or [Path(os.path.relpath(project.root))])
        found: Iterable[Path] = dict.fromkeys(workflow_files(asked))
        if self.only_workflows:
            found = filter(is_workflow_file, found)
        if self.changed_since is None:
            return list(found)
        from auterity_sdk.runtime.affected import affected_since  # here: few runs ask git

        return affected_since(self.changed_since, list(found), project)
