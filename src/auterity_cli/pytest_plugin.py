"""`pytest --auterity workflows/`: each workflow file is a test, which fails with its findings, and each case of a
test file is one, which fails with what is not as expected. The fixture `rehearse` plays a workflow in Python.

Without the option nothing is collected, and nothing but this module and pytest is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from auterity_sdk.diagnostics import Report
    from auterity_sdk.errors import AuterityError
    from auterity_sdk.runtime.project import Project
    from auterity_sdk.testing import Rehearsal
    from auterity_sdk.testing.cases.play import Played, Suite


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("auterity", "workflow files")
    group.addoption(
        "--auterity",
        action="store_true",
        help="Collect workflow files (each is a test that it has no errors) and the cases of x.test.yaml.",
    )
    group.addoption(
        "--auterity-strict", action="store_true", help="Warnings fail a workflow file too."
    )
    group.addoption(
        "--auterity-no-python",
        action="store_true",
        help="Import no step modules of the project to check workflow files.",
    )
    group.addoption(
        "--auterity-forced-replay",
        action="store_true",
        help="Drop each run of a test from memory after every event, and load it again.",
    )


@pytest.fixture
def rehearse(request: pytest.FixtureRequest) -> Callable[..., Rehearsal]:
    """`rehearse(file, input, at=…, steps={…})` begins a `Rehearsal`; a path is one from the test's own folder."""
    from auterity_sdk.testing import Rehearsal

    def begin(file: str | Path, input: Any, **options: Any) -> Rehearsal:
        options.setdefault("forced_replay", request.config.getoption("auterity_forced_replay"))
        return Rehearsal(request.path.parent / file, input, **options)

    return begin


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
        from auterity_sdk.runtime.project import SUFFIXES, is_test_file, is_workflow_file

        if is_test_file(file_path):
            cases: pytest.Collector = CasesFile.from_parent(parent, path=file_path, files=self)
            return cases
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

        for checked in check_file(file, self.project(file.parent)):
            yield checked.report

    def project(self, folder: Path) -> Project:
        """The project around a folder."""
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
            return _message(error)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test stands: at the top of its file."""
        return self.path, 0, f"workflow {self.path.name}"


class CasesFile(pytest.File):
    """A test file, with a test for each case."""

    def __init__(self, *, files: WorkflowFiles, **options: Any) -> None:
        super().__init__(**options)
        self._files = files

    def collect(self) -> Iterator[pytest.Item]:
        """The cases; a file that cannot be played is an error of the collection."""
        from auterity_sdk.errors import AuterityError
        from auterity_sdk.testing.cases.play import Suite

        try:
            tests = Suite.load(self.path, self._files.project(self.path.parent))
        except AuterityError as error:
            raise self.CollectError(_message(error)) from None
        for name in tests.names:
            yield CaseTest.from_parent(self, name=name, tests=tests)


class CaseTest(pytest.Item):
    """One case of a test file."""

    def __init__(self, *, tests: Suite, **options: Any) -> None:
        super().__init__(**options)
        self._tests = tests

    def runtest(self) -> None:
        """Play it."""
        forced = self.config.getoption("auterity_forced_replay")
        played = self._tests.play(self.name, forced_replay=forced)
        if not played.passed:
            raise FoundError(_shortfalls(self._tests, played))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is not as expected, and the run's steps."""
        error = excinfo.value
        return error.text if isinstance(error, FoundError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands in its file."""
        line, _ = self._tests.written.line(("cases", self.name))
        return self.path, line - 1, f"{self.path.name}: {self.name}"


class FoundError(Exception):
    """A workflow file has findings, or a case falls short; `text` shows how."""

    def __init__(self, text: str) -> None:
        super().__init__("not as it should be")
        self.text = text


def _message(error: AuterityError) -> str:
    return f"error: {error.message}" + (f"\n  help: {error.help}" if error.help else "")


def _shortfalls(tests: Suite, played: Played) -> str:
    from auterity_cli.output.tests import shortfalls

    return "\n".join(line.plain for line in shortfalls(tests, played))


def _text(reports: list[Report]) -> str:
    from auterity_cli.output.text import findings

    lines = [line.plain for report in reports for line in findings(report)]
    return "\n".join(lines).rstrip()
