"""A push made of a project's files, and the server's findings shown over those files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from auterity_cli.checking import results
from auterity_cli.output.results import Results, relative
from auterity_sdk.checks.check import Checked
from auterity_sdk.checks.policy import Policy
from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.findings import report_of
from auterity_sdk.hosted.schemas.finding import FileFindings
from auterity_sdk.hosted.schemas.push import ProjectDeclarations, Push, PushedFile
from auterity_sdk.hosted.schemas.step_declaration import StepDeclaration
from auterity_sdk.runtime.loader import PYTHON, check_file
from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES, BUILTIN_TYPES
from auterity_sdk.runtime.project import Project, read
from auterity_sdk.steps.declared import declaration_of
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.document import write_document
from auterity_sdk.workflow.model import dump


class Checks(Struct, frozen=True):
    """The workflows of the files, each checked; a Python file may hold several."""

    project: Project
    files: Sequence[Path]
    checked: Sequence[tuple[Path, Checked]]

    @classmethod
    def of(cls, files: Sequence[Path], project: Project, policy: Policy) -> Checks:
        """Check all files."""
        found = [(file, each) for file in files for each in check_file(file, project, policy)]
        return cls(project, files, found)

    @property
    def results(self) -> Results:
        """What was found here."""
        reports = [(file, each.report) for file, each in self.checked]
        return results(self.files, reports, self.project)

    def results_there(self, found: Iterable[FileFindings]) -> Results:
        """What the server found, at the same places of the same files."""
        sources = dict(zip(self.paths, self.checked, strict=True))
        reports = [
            (sources[each.path][0], report_of(each, sources[each.path][1].report.source))
            for each in found
            if each.path in sources
        ]
        return results([file for file, _ in reports], reports, self.project)

    def push(self, rules: Mapping[str, Any], message: str) -> Push:
        """The push of them all. Raises `UsageError` where two are of one workflow."""
        names: dict[str, Path] = {}
        for file, each in self.checked:
            name = each.workflow.name if each.workflow else ""
            if name in names:
                raise UsageError(
                    f"{names[name]} and {file} are both of the workflow `{name}`",
                    help="name the files that are to be pushed",
                )
            names[name] = file
        files = (
            PushedFile(path=path, text=_text(file, each))
            for path, (file, each) in zip(self.paths, self.checked, strict=True)
        )
        return Push(files=tuple(files), project=self._declarations(rules), message=message)

    @property
    def paths(self) -> list[str]:
        """The path in the push of each workflow: its file's in the project, with the workflow's name where the file holds several."""
        files = [file for file, _ in self.checked]
        paths = []
        for file, each in self.checked:
            path = relative(file, self.project.root)
            if path.startswith(("/", "../")) or ":" in path.partition("/")[0]:
                path = file.name
            name = each.workflow.name if each.workflow else ""
            paths.append(f"{path}:{name}" if files.count(file) > 1 else path)
        return paths

    def _declarations(self, rules: Mapping[str, Any]) -> ProjectDeclarations:
        catalogs = [each.subject.catalog for _, each in self.checked]
        registries = [each for each in catalogs if isinstance(each, Registry)]
        settings = self.project.settings
        return ProjectDeclarations(
            step_types=_step_types(registries),
            types=_types(registries),
            dealership=settings.dealership.model_dump(mode="json", exclude_unset=True),
            calendars=_tables(settings.calendars),
            queues=_tables(settings.queues),
            rules=dict(rules),
        )


def _text(file: Path, checked: Checked) -> str:
    if file.suffix == PYTHON and checked.workflow is not None:
        return write_document(dump(checked.workflow))
    return read(file).decode("utf-8-sig")


def _step_types(registries: Iterable[Registry]) -> dict[str, StepDeclaration]:
    found = {}
    for registry in registries:
        for name in set(registry.step_type_names()) - set(BUILTIN_STEP_TYPES):
            made = registry.step_type(name)
            if made is not None:
                found[name] = StepDeclaration.model_validate(declaration_of(made))
    return dict(sorted(found.items()))


def _types(registries: Iterable[Registry]) -> dict[str, dict[str, Any]]:
    found = {}
    for registry in registries:
        for name in set(registry.type_names()) - set(BUILTIN_TYPES):
            schema = registry.type_schema(name)
            if schema is not None:
                found[name] = dict(schema)
    return dict(sorted(found.items()))


def _tables(tables: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: table.model_dump(mode="json", exclude_unset=True) for name, table in tables.items()
    }
