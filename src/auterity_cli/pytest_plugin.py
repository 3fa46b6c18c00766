"""`pytest --auterity workflows/`: each workflow file is a test, which fails with its findings.

Without the option nothing is collected, and nothing but this module and pytest is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from auterity_sdk.diagnostics import Report
    from auterity_sdk.runtime.project import Project


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("auterity", "workflow files")
    group.addoption(
        "--auterity",
        action="store_true",
        help="Collect workflow files (top key `auterity`): each is a test that it has no errors.",
    )
    group.addoption(
        "--auterity-strict", action="store_true", help="Warnings fail a workflow file too."
    )
    group.addoption(
        "--auterity-no-python",
        action="store_true",
        help="Import no step modules of the project to check workflow files.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect workflow files only where it is asked for."""
    if config.getoption("auterity"):
        config.pluginmanager.register(WorkflowFiles(config), "auterity-workflow-files")


class WorkflowFiles:
    """Collects workflow files; knows the project around each folder."""

    def __init__(self, config: pytest.Config) -> None:
        self._python = not config.getoption("auterity_no_python")
        self._projects: dict[Path, Project] = {}
        self.failing = {"error", "warning"} if config.getoption("auterity_strict") else {"error"}

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """A workflow file is known by its top key."""
        from auterity_sdk.errors import UsageError
        from auterity_sdk.runtime.project import SUFFIXES, is_workflow_file

        try:
            if file_path.suffix not in SUFFIXES or not is_workflow_file(file_path):
                return None
        except UsageError as error:
            raise parent.CollectError(error.message) from None
        made: pytest.Collector = WorkflowFile.from_parent(parent, path=file_path, files=self)
        return made

    def reports(self, file: Path) -> Iterator[Report]:
        """The findings on a file, checked as `auterity validate` does."""
        from auterity_sdk.runtime.loader import check_file

        for checked in check_file(file, self._project(file.parent)):
            yield checked.report

    def _project(self, folder: Path) -> Project:
        from auterity_sdk.runtime.project import Project

        if folder not in self._projects:
            found = Project.find(folder, python=self._python)
            # Files of one project share it, since it holds the step types that were imported.
            known = {project.root: project for project in self._projects.values()}
            self._projects[folder] = known.get(found.root, found)
        return self._projects[folder]


class WorkflowFile(pytest.File):
    """A workflow file, with its one test."""

    def __init__(self, *, files: WorkflowFiles, **options: Any) -> None:
        super().__init__(**options)
        self._files = files

    def collect(self) -> Iterator[pytest.Item]:
        """The one test."""
        yield WorkflowTest.from_parent(self, name="auterity", files=self._files)


class WorkflowTest(pytest.Item):
    """That a workflow file has no findings that are grave enough."""

    def __init__(self, *, files: WorkflowFiles, **options: Any) -> None:
        super().__init__(**options)
        self._files = files

    def runtest(self) -> None:
        """Check the file. What is found but lets it pass is told in the report."""
        reports = [report for report in self._files.reports(self.path) if report.diagnostics]
        graves = {found.severity.value for report in reports for found in report.diagnostics}
        if graves & self._files.failing:
            raise FoundError(_text(reports))
        if reports:
            self.add_report_section("call", "findings", _text(reports))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings as `auterity validate` shows them; a failure of the check as its message."""
        from auterity_sdk.errors import AuterityError

        error = excinfo.value
        if isinstance(error, FoundError):
            return error.text
        if isinstance(error, AuterityError):
            return f"error: {error.message}" + (f"\n  help: {error.help}" if error.help else "")
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test stands: at the top of its file."""
        return self.path, 0, f"workflow {self.path.name}"


class FoundError(Exception):
    """A workflow file has findings; `text` shows them."""

    def __init__(self, text: str) -> None:
        super().__init__("the workflow has findings")
        self.text = text


def _text(reports: list[Report]) -> str:
    from auterity_cli.output.text import findings

    lines = [line.plain for report in reports for line in findings(report)]
    return "\n".join(lines).rstrip()
