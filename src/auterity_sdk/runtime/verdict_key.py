"""What a verdict depends on beside its file: code, installed packages, settings, policy, the project's Python."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
import zoneinfo
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import auterity_sdk
from auterity_sdk.checks.policy import Policy
from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES, BUILTIN_TYPES
from auterity_sdk.runtime.project import Project, read, workflow_files
from auterity_sdk.steps.plain_form import to_plain
from auterity_sdk.steps.registry import Registry

FORMAT = "auterity-verdict-1"

_INSTALLED = frozenset({"site-packages", "dist-packages"})


def surroundings(project: Project, policy: Policy) -> str:
    """A hash of all that every verdict in a project depends on. Imports the project's step modules."""
    parts = {
        "format": FORMAT,
        "code": code(),
        "python": [sys.version, sys.platform],
        "packages": list(_packages()),
        "zones": list(_zones()),
        "root": str(project.root),
        "imports": project.python,
        "settings": project.settings.model_dump_json(),
        "policy": to_plain(policy),
        "declarations": declarations(project.registry),
    }
    return hashed(parts)


def hashed(data: Any) -> str:
    """The SHA-256 of JSON data."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode("ascii")).hexdigest()


@cache
def code() -> str:
    """A hash of Auterity's own files: a version says too little where it is being worked on."""
    digest = hashlib.sha256()
    top = Path(auterity_sdk.__file__).parent
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            content = Path(folder, name).read_bytes()
            digest.update(f"{os.path.relpath(folder, top)}/{name} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


def workflows_in(folders: tuple[Path, ...]) -> str:
    """A hash of the workflow files that a `call` may lead to."""
    files = {str(file): hashlib.sha256(read(file)).hexdigest() for file in workflow_files(folders)}
    return hashed(list(files.items()))


def declarations(registry: Registry) -> str:
    """A hash of what step types and types that are not built in say of themselves, and of the code behind them.

    The code counts since a type may judge values by more than its schema shows.
    """
    steps = _foreign(registry.step_types, BUILTIN_STEP_TYPES)
    types = _foreign(registry.types, BUILTIN_TYPES)
    names = [list(registry.step_types), list(registry.types)]
    if not steps and not types:
        return hashed(names)
    said = [to_plain(registry.signature(name), {"check_literal"}) for name in steps]
    schemas = [registry.type_schema(name) for name in types]
    return hashed([names, said, schemas, dict(_sources())])


def _foreign(found: Mapping[str, Any], ours: Mapping[str, str]) -> list[str]:
    return [name for name, target in found.items() if ours.get(name) != target]


def _sources() -> Iterator[tuple[str, str]]:
    """The source of every imported module that no package manager installed: a project's own."""
    standard = sysconfig.get_path("stdlib")
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        own = name.partition(".")[0] in ("auterity_sdk", "auterity_cli")
        if not file or own or file.startswith(standard) or _INSTALLED & {*Path(file).parts}:
            continue
        try:
            yield file, hashlib.sha256(Path(file).read_bytes()).hexdigest()
        except OSError:
            yield file, ""


def _packages() -> Iterator[str]:
    """The installed packages with their versions, by the names of the folders that tell of them."""
    for place in sys.path:
        try:
            names = os.listdir(place or ".")  # noqa: PTH208 - `Path.iterdir` takes twice the time
        except OSError:
            continue
        yield from sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))


def _zones() -> Iterator[tuple[str, int]]:
    for place in zoneinfo.TZPATH:
        if os.path.isdir(place):  # noqa: PTH112 - no path is made of it
            yield place, os.stat(place).st_mtime_ns  # noqa: PTH116
