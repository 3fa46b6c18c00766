"""`auterity doctor`: what is missing on this machine, and how to get it."""

from __future__ import annotations

import importlib.util
import json
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from msgspec import Struct
from msgspec.structs import asdict

from auterity_cli.exit_codes import ExitCode
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_sdk import __version__
from auterity_sdk.connections.model_settings import (
    LLM,
    AzureSettings,
    LangChainSettings,
    OpenAISettings,
    RecordedModelSettings,
)
from auterity_sdk.connections.settings import Settings as ConnectionSettings
from auterity_sdk.errors import AuterityError
from auterity_sdk.runtime.language_models import endpoint_of
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_connections import connections_of
from auterity_sdk.runtime.settings import FILE_NAME
from auterity_sdk.workflow.document.nodes import HAS_LIBYAML

app = typer.Typer(add_completion=False)

_MARKS = {
    (True, True): ("ok", "green"),
    (True, False): ("ok", "green"),
    (False, True): ("missing", "red"),
    (False, False): ("absent", "yellow"),
}

OLDEST_SQLITE = (3, 35, 0)
"""The first with RETURNING, which the run store uses."""


class Symptom(Struct, frozen=True):
    """One thing that was looked at. Not `needed`: everything else works without it."""

    name: str
    ok: bool
    found: str
    cure: str = ""
    needed: bool = True


@app.command()
def doctor(
    project: ProjectOption = HERE, as_json: JsonOption = False, color: ColorOption = Color.AUTO
) -> None:
    """Say what is missing on this machine and how to get it.

    Exit code 1 if something that is needed is missing.
    """
    symptoms = list(_examined(project))
    if as_json:
        typer.echo(json.dumps([asdict(symptom) for symptom in symptoms], indent=2))
    else:
        _print(symptoms, color)
    missing = any(symptom.needed and not symptom.ok for symptom in symptoms)
    raise typer.Exit(ExitCode.FINDINGS if missing else ExitCode.OK)


def _print(symptoms: list[Symptom], color: Color) -> None:
    from rich.text import Text

    out = console("out", color)
    for each in symptoms:
        mark, style = (
            ("ok", "green") if each.ok else ("missing", "red" if each.needed else "yellow")
        )
        out.print(Text.assemble((f"{mark:<8}", style), (f"{each.name:<14}", "bold"), each.found))
        if not each.ok and each.cure:
            out.print(f"        {each.cure}")


def _examined(project: Path) -> Iterator[Symptom]:
    yield Symptom("auterity", True, f"{__version__}, at {Path(__file__).parent.parent}")
    version = platform.python_version()
    yield Symptom("python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")
    for look in (_yaml, _expressions, _sqlite, _zones, _http):
        yield look()
    yield from _project(project)


def _yaml() -> Symptom:
    cure = "install PyYAML from a wheel; without libyaml files load about ten times slower"
    found = "libyaml" if HAS_LIBYAML else "pure Python"
    return Symptom("yaml", HAS_LIBYAML, found, cure, needed=False)


def _expressions() -> Symptom:
    from auterity_sdk.expression.compile import Compiled, compile_expression

    cure = "pip install --force-reinstall cel-expr-python"
    return _tried(
        "expressions",
        lambda: isinstance(compile_expression("1 + 1 == 2", {}), Compiled),
        "CEL",
        cure,
    )


def _sqlite() -> Symptom:
    cure = "use a Python that is built with SQLite 3.35 or newer"
    return Symptom(
        "sqlite", sqlite3.sqlite_version_info >= OLDEST_SQLITE, sqlite3.sqlite_version, cure
    )


def _zones() -> Symptom:
    def known() -> bool:
        try:
            return bool(ZoneInfo("America/Chicago"))
        except ZoneInfoNotFoundError:
            return False

    return _tried("time zones", known, "IANA data", "pip install tzdata")


def _http() -> Symptom:
    found = importlib.util.find_spec("httpx2") is not None
    return Symptom("http", found, "httpx2" if found else "not installed", "pip install httpx2")


def _tried(name: str, attempt: Callable[[], bool], found: str, cure: str) -> Symptom:
    try:
        ok = attempt()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the doctor reports
        return Symptom(name, False, f"{found}: {type(error).__name__}", cure)
    return Symptom(name, ok, found, cure)


def _project(folder: Path) -> Iterator[Symptom]:
    try:
        found = Project.find(folder)
        modules = ", ".join(found.settings.project.steps) or "no step modules"
        settings = (found.root / FILE_NAME).is_file()
        where = f"{found.root} ({modules})" if settings else f"no {FILE_NAME}"
        yield Symptom("project", settings, where, "auterity init makes one", needed=False)
        _ = found.registry
    except AuterityError as error:
        yield Symptom("project", False, error.message, error.help or "")
        return
    yield from _connections(found)
    yield _store(found)


def _connections(project: Project) -> Iterator[Symptom]:
    tables = project.settings.connections
    try:
        made = connections_of(project)
    except AuterityError as error:
        yield Symptom("connections", False, error.message, error.help or "")
        return
    yield Symptom("connections", True, ", ".join(tables) or "none: messages stay in the outbox")
    named = {name: table for name, table in made.settings.items() if LLM in table.serves}
    if not named:
        yield Symptom("model", True, "offline: rules on this machine, no language model")
    for name, table in named.items():
        yield _model(name, table, project)


def _model(name: str, table: ConnectionSettings, project: Project) -> Symptom:
    """Which model a connection asks, and whether its key is there."""
    if isinstance(table, RecordedModelSettings):
        found = f"{name}: answers recorded in {table.file}"
        there = (project.root / table.file).is_file()
        cure = "auterity run --record makes the file"
        return Symptom("model", there, found, cure, needed=False)
    if isinstance(table, LangChainSettings):
        there = importlib.util.find_spec("langchain_core") is not None
        found = f"{name}: the runnable {table.runnable}"
        return Symptom("model", there, found, "pip install 'auterity[langchain]'", needed=False)
    if not isinstance(table, OpenAISettings | AzureSettings):
        return Symptom("model", True, f"{name}: offline, rules on this machine")
    endpoint = endpoint_of(table)
    found = f"{name}: {table.model} of {endpoint.host}"
    try:
        if endpoint.key is not None:
            endpoint.key()
    except AuterityError as error:
        cure = error.help or ""
        return Symptom("model", False, f"{found}; {error.message}", cure, needed=False)
    asked_for = ", with its key" if endpoint.key is not None else ", without a key"
    return Symptom("model", True, found + asked_for)


def _store(project: Project) -> Symptom:
    folder = project.store_folder if project.store_folder.is_dir() else project.root
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        cure = "make the folder writable; runs and messages are kept there"
        return Symptom("store", False, f"{folder}: {(error.strerror or '').lower()}", cure)
    return Symptom("store", True, f"{project.store_folder} can be written")
