"""The projects of the files that are open, read once and again when something in them is saved."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from auterity_sdk.checks.policy import Policy
from auterity_sdk.errors import AuterityError
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project, workflow_files
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import StepType
from auterity_sdk.workflow.document import load_document


class Surroundings(Struct, frozen=True):
    """What a file may name, and how findings on it are judged. `project` None: its settings cannot be
    read."""

    project: Project | None
    registry: Registry
    policy: Policy


class Projects:
    """`python` False: no module of a project is imported. `complain` is told, once, why a project is unreadable."""

    def __init__(self, complain: Callable[[str], None], *, python: bool) -> None:
        self._complain = complain
        self._python = python
        self._known: dict[Path, Surroundings] = {}
        self._told: dict[Path, str] = {}
        self._stale = False
        self._stale_modules = False

    def around(self, file: Path) -> Surroundings:
        """What is around a file; the built-in step types alone where its project cannot be read."""
        if self._stale:
            self._forget()
        folder = file.parent
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = self._read(folder)
        return known

    def workflow(self, file: Path, name: str) -> Path | None:
        """The file of the workflow of that name in the project of a file."""
        project = self.around(file).project
        for found in workflow_files(project.workflow_folders) if project else ():
            data = load_document(found.read_bytes(), file=str(found)).data
            if isinstance(data, dict) and data.get("name") == name:
                return found
        return None

    def function(self, file: Path, step_type: str) -> Callable[..., object] | None:
        """The code of a step type."""
        found = self.around(file).registry.step_type(step_type)
        return found.function if isinstance(found, StepType) else None

    def forget(self, *, modules: bool) -> None:
        """Read projects again when they are next asked for, and import their modules anew if those changed."""
        self._stale = True
        self._stale_modules |= modules

    def _forget(self) -> None:
        projects = [known.project for known in self._known.values() if known.project is not None]
        for project in projects if self._stale_modules else ():
            _forget_modules(project.root)
        self._stale = self._stale_modules = False
        self._known.clear()

    def _read(self, folder: Path) -> Surroundings:
        project = None
        try:
            project = Project.find(folder, python=self._python)
            _make_way(project)
            return Surroundings(project, project.registry, policy_of(project))
        except AuterityError as error:
            self._tell(folder, f"{error.message} ({error.help})" if error.help else error.message)
        return Surroundings(project, builtin_registry(), Policy())

    def _tell(self, folder: Path, reason: str) -> None:
        if self._told.get(folder) != reason:
            self._told[folder] = reason
            self._complain(reason)


def _make_way(project: Project) -> None:
    """Forget the step modules of other projects that have the names of this one's."""
    for name in project.settings.project.steps:
        top = name.partition(".")[0]
        file = getattr(sys.modules.get(top), "__file__", None)
        if file and not Path(file).is_relative_to(project.root):
            _forget_modules(Path(file).parent, top)


def _forget_modules(root: Path, top: str = "") -> None:
    """Let the modules below a folder be imported anew, those of installed packages left alone."""
    for name, module in list(sys.modules.items()):
        first = name.partition(".")[0]
        file = getattr(module, "__file__", None)
        foreign = first in ("auterity_sdk", "auterity_cli") or (top and first != top)
        installed = file and ("site-packages" in file or Path(file).is_relative_to(sys.base_prefix))
        if file and not foreign and not installed and Path(file).is_relative_to(root):
            del sys.modules[name]
