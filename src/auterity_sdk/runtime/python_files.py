"""Python files of workflows: imported, and each `@workflow` in them checked."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from auterity_sdk.checks.check import Checked, check_workflow
from auterity_sdk.checks.policy import Policy
from auterity_sdk.errors import AuterityError, BuildError, UsageError
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.step_modules import import_path, step_types_in, types_in
from auterity_sdk.workflow.builder import WorkflowDefinition

_IMPORTED_HERE = "imported as a file of workflows"


def check_module(file: Path, project: Project, policy: Policy) -> Iterator[Checked]:
    """Import a Python file, and check each `@workflow` in it."""
    module = import_file(file, project)
    found = [value for value in vars(module).values() if isinstance(value, WorkflowDefinition)]
    if not found:
        raise UsageError(
            f"{file} holds no @workflow", help="decorate a function with @workflow(name=…)"
        )
    known = project.registry.step_types.values()
    own = [made for made in step_types_in(module) if made not in known]
    models = [workflow.workflow for workflow in found]
    registry = project.registry.extended(own, types_in(module), models)
    for workflow in found:
        yield check_workflow(workflow.workflow, workflow.source, registry, policy=policy)


def import_file(file: Path, project: Project) -> ModuleType:
    """Import a Python file by its path. What it raises becomes an error that names its line."""
    name = _module_name(file)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise UsageError(f"{file} cannot be imported")
    spec.loader_state = _IMPORTED_HERE
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    with import_path(project.root), import_path(file.resolve().parent):
        try:
            spec.loader.exec_module(module)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a user's module may raise anything
            sys.modules.pop(name, None)
            raise _named(file, error) from None
    return module


def _module_name(file: Path) -> str:
    """The file's own; but a module that others have imported, such as `json`, stays what it is."""
    known = sys.modules.get(file.stem)
    state = getattr(getattr(known, "__spec__", None), "loader_state", None)
    return file.stem if known is None or state is _IMPORTED_HERE else f"{file.stem}_workflows"


def _named(file: Path, error: BaseException) -> AuterityError:
    if isinstance(error, AuterityError):
        return error
    return BuildError(
        f"{type(error).__name__}: {error}",
        file=str(file),
        line=_line(file, error),
        help="the file must import without errors before its workflows can be checked",
    )


def _line(file: Path, error: BaseException) -> int | None:
    if isinstance(error, SyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == file.resolve()]
    return lines[-1] if lines else None
