"""A project's own step modules: imported, and what they make registered."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from pydantic import BaseModel

from auterity_sdk.errors import AuterityError, ConfigurationError
from auterity_sdk.runtime.settings import FILE_NAME
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import StepType


def with_modules(registry: Registry, root: Path, names: Iterable[str]) -> Registry:
    """The registry with what the modules of a project make. Raises `ConfigurationError` for a faulty one."""
    for name in names:
        module = _imported(root, name)
        registry = registry.extended(step_types_in(module), types_in(module))
    return registry


def _imported(root: Path, name: str) -> ModuleType:
    with import_path(root):
        try:
            return importlib.import_module(name)
        except AuterityError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a project's module may raise anything
            raise ConfigurationError(
                f"the step module `{name}` cannot be imported: {type(error).__name__}: {error}",
                help=f"it is named in {root / FILE_NAME}, under [project] steps",
            ) from None


class import_path:  # noqa: N801 - used as a function
    """While it is open, modules are also looked for in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)

    def __enter__(self) -> None:
        sys.path.insert(0, self._folder)

    def __exit__(self, *_: object) -> None:
        sys.path.remove(self._folder)


def step_types_in(module: ModuleType) -> list[StepType[..., object]]:
    """The step types that a module itself makes."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, StepType) and value.function.__module__ == module.__name__
    ]


def types_in(module: ModuleType) -> list[type[BaseModel]]:
    """The Pydantic models that a module itself makes; workflows name them as types."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, BaseModel)
        and value.__module__ == module.__name__
    ]
