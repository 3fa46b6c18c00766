"""A project: a folder with `auterity.toml`, its step modules, its workflows and its store."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, tzinfo
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct
from pydantic import ValidationError

from auterity_sdk.dealership.calendar import Calendar
from auterity_sdk.errors import ConfigurationError, UsageError
from auterity_sdk.runtime.hours import read_hours
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.settings import Settings, read_settings, settings_file
from auterity_sdk.steps.registry import Registry, cost_of_rules
from auterity_sdk.workflow.budget import Asked, CallCost
from auterity_sdk.workflow.document import is_workflow, load_document
from auterity_sdk.workflow.model import Workflow, load
from auterity_sdk.workflow.queue import Queue

STORE_FOLDER = ".auterity"
STORE_FILE = "runs.db"
SUFFIXES = (".yaml", ".yml", ".json")
TEST_MARK = ".test"
"""Stands before the suffix in the name of a test file."""


class Project(Struct, frozen=True, dict=True):
    """Where a project is, and its settings. `python` False: its modules are never imported."""

    root: Path
    settings: Settings
    python: bool = True

    @classmethod
    def find(cls, start: Path, *, python: bool = True) -> Project:
        """The project around a folder: the nearest with settings above it, else the folder itself."""
        start = start.resolve()
        for folder in (start, *start.parents):
            if (file := settings_file(folder)) is not None:
                return cls(folder, read_settings(file), python)
        return cls(start, Settings(), python)

    @property
    def store_folder(self) -> Path:
        """Where runs, messages and records are kept; readable by its owner only."""
        return self.root / STORE_FOLDER

    @property
    def zone(self) -> tzinfo:
        """The dealership's time zone. Raises `ConfigurationError` where there is none of that name."""
        return _zone(self.settings.dealership.timezone, "dealership")

    @cached_property
    def calendars(self) -> Mapping[str, Calendar]:
        """The business hours by name. Raises `ConfigurationError` for a time zone that there is not."""
        return {
            name: Calendar(
                week=read_hours(table.hours),
                zone=_zone(table.timezone, f"calendars.{name}") if table.timezone else self.zone,
                holidays=frozenset(day for day in table.holidays if isinstance(day, date)),
                us_federal="us-federal" in table.holidays,
            )
            for name, table in self.settings.calendars.items()
        }

    @property
    def queues(self) -> Mapping[str, Queue]:
        """The queues of steps by name."""
        return {
            name: Queue(name, table.limit)
            if table.rate is None
            else Queue(name, table.limit, table.rate.limit, table.rate.per.milliseconds)
            for name, table in self.settings.queues.items()
        }

    @cached_property
    def registry(self) -> Registry:
        """The built-in step types and types, the project's own, and its workflows for `call`."""
        registry = builtin_registry()
        if self.python and self.settings.project.steps:
            # Here: few projects have any, and a step type takes the builder.
            from auterity_sdk.runtime.step_modules import with_modules

            registry = with_modules(registry, self.root, self.settings.project.steps)
        children = ProjectWorkflows(self.workflow_folders)
        versions = ProjectVersions(children, self.store_folder / STORE_FILE)
        return replace(
            registry,
            workflows=children,
            versions=versions,
            calendars=self.calendars,
            queues=self.queues,
            call_costs=self._call_cost,
        )

    def _call_cost(self, asked: Asked) -> CallCost:
        if not self.settings.connections:
            return cost_of_rules(asked)
        return self._call_costs(asked)

    @cached_property
    def _call_costs(self) -> Callable[[Asked], CallCost]:
        from auterity_sdk.runtime.call_costs import CallCosts  # here: few workflows ask a model

        return CallCosts(self.settings)

    @property
    def workflow_folders(self) -> tuple[Path, ...]:
        """The folders of workflows that there are."""
        folders = (self.root / folder for folder in self.settings.project.workflows)
        return tuple(folder for folder in folders if folder.is_dir())


class ProjectWorkflows(Mapping[str, Workflow]):
    """The workflows in a project's folders by name, read when the first is asked for.

    A file that cannot be read is left out: checking it is another call's work, and `call` to it is then
    a finding that names it.
    """

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders

    def __getitem__(self, name: str) -> Workflow:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def of_name(self, name: str) -> tuple[Workflow, ...]:
        """All that have the name: a folder may hold several versions of one."""
        return tuple(workflow for workflow in self._all if workflow.name == name)

    @cached_property
    def _found(self) -> dict[str, Workflow]:
        found: dict[str, Workflow] = {}
        for workflow in self._all:
            found.setdefault(workflow.name, workflow)
        return found

    @cached_property
    def _all(self) -> list[Workflow]:
        found: list[Workflow] = []
        for file in workflow_files(self._folders):
            document = load_document(read(file), file=str(file))
            if isinstance(document.data, dict):
                try:
                    workflow = load(document.data)
                except ValidationError:
                    continue
                found.append(workflow)
        return found


class ProjectVersions(Mapping[str, Sequence[Workflow]]):
    """The versions of workflows by name, in a project's folders and in its store, read when one is asked for."""

    def __init__(self, workflows: ProjectWorkflows, store: Path) -> None:
        self._workflows = workflows
        self._store = store

    def __getitem__(self, name: str) -> Sequence[Workflow]:
        from auterity_sdk.runtime.stores.sqlite_versions import stored_workflows

        stored = (load(dict(data)) for data in stored_workflows(self._store, name))
        return (*self._workflows.of_name(name), *stored)

    def __iter__(self) -> Iterator[str]:
        return iter(self._workflows)

    def __len__(self) -> int:
        return len(self._workflows)


def _zone(name: str, table: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigurationError(
            f"[{table}] timezone `{name}` is no time zone", help="write America/Chicago"
        ) from None


def workflow_files(places: tuple[Path, ...]) -> Iterator[Path]:
    """The workflow files among files and in folders, sorted, hidden folders left out.

    In a folder a file is known by its top key `auterity`; one that is named is always given, but for a test file.
    Raises `UsageError` for a folder, or a file in one, that cannot be read: nobody would know that it was passed over.
    """
    for place in places:
        if place.is_dir():
            yield from (file for file in _files_below(place) if is_workflow_file(file))
        elif not is_test_file(place):
            yield place


def is_test_file(file: Path) -> bool:
    """Whether a file is named as a test file: `lead-response.test.yaml`."""
    return file.suffix in SUFFIXES and file.stem.endswith(TEST_MARK)


def _files_below(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise _unreadable(folder, error) from None
    for entry in entries:
        if entry.name.startswith(".") or (entry.is_symlink() and not entry.exists()):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _files_below(entry)
        elif entry.suffix in SUFFIXES and entry.is_file():
            yield entry


def is_workflow_file(file: Path) -> bool:
    """Whether a file has the top key `auterity`, by which a workflow is known, even in a wrong encoding.

    Raises `UsageError` where it cannot be read.
    """
    content = read(file)
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return is_workflow(content.decode("utf-16" if wide else "utf-8-sig", errors="replace"))


def read(file: Path) -> bytes:
    """The bytes of a file. Raises `UsageError` that says why it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(file, error) from None


def _unreadable(place: Path, error: OSError) -> UsageError:
    return UsageError(f"{place} cannot be read: {(error.strerror or type(error).__name__).lower()}")
