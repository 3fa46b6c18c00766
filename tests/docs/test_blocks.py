"""The files that pages show are right: workflows are checked, settings are read, Python is type-checked and run.

A fenced block is taken by its language. A whole workflow begins with `auterity:`; one that begins with `steps:` is held
against the model alone. Behind the language, the word `broken` marks what is shown to be wrong, and `project` what only
the project that the page makes can tell: the page's own commands do.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import console
import pytest
from markdown_it import MarkdownIt

from auterity_sdk.checks.check import check_document
from auterity_sdk.connections.configured import configured
from auterity_sdk.runtime.loader import check_file
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.project import Project, workflow_files
from auterity_sdk.runtime.settings import Settings
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import Workflow, load

PACKAGES = console.ROOT / "src"
NOT_ALONE = {"broken", "project"}


@dataclass(frozen=True)
class Shown:
    """A fenced block; `line` counts from 1."""

    page: Path
    line: int
    info: list[str]
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(console.ROOT)}:{self.line}"


def shown(language: str) -> Iterator[Shown]:
    for page in console.pages():
        for token in MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8")):
            info = token.info.split() if token.type == "fence" else []
            if info[:1] == [language] and token.map and NOT_ALONE.isdisjoint(info):
                yield Shown(page, token.map[0] + 1, info, token.content)


YAML = list(shown("yaml"))
WHOLE = [
    block for block in YAML if block.text.removeprefix("# yaml").lstrip().startswith("auterity:")
]
PARTS = [block for block in YAML if block.text.startswith("steps:")]
TOML = list(shown("toml"))
PYTHON = list(shown("python"))


def test_there_are_blocks_of_each_kind() -> None:
    assert all((WHOLE, PARTS, TOML, PYTHON))


@pytest.mark.parametrize("block", WHOLE, ids=str)
def test_a_shown_workflow_is_right(block: Shown) -> None:
    document = load_document(block.text.encode(), file=str(block))
    children = {child.name: child for child in shown_workflows()}
    registry = builtin_registry().extended(workflows=children.values())
    report = check_document(document, registry).report
    assert [found.message for found in report.diagnostics] == []


def shown_workflows() -> Iterator[Workflow]:
    """The workflows that come with the project: pages may call them."""
    for file in workflow_files((console.ROOT / "workflows",)):
        data = load_document(file.read_bytes(), file=str(file)).data
        assert isinstance(data, dict)
        yield load(data)


@pytest.mark.parametrize("block", PARTS, ids=str)
def test_a_shown_part_fits_the_model(block: Shown) -> None:
    document = load_document(block.text.encode(), file=str(block))
    assert document.diagnostics == ()
    assert isinstance(document.data, dict)
    load({"auterity": 1, "name": "part", **document.data})


@pytest.mark.parametrize("block", TOML, ids=str)
def test_shown_settings_are_read(block: Shown, tmp_path: Path) -> None:
    settings = Settings.model_validate(tomllib.loads(block.text))
    configured(settings.connections, tmp_path)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Each Python block of its own."""
    folder = tmp_path_factory.mktemp("pages")
    made = [folder / f"block_{number}.py" for number, _ in enumerate(PYTHON)]
    for path, block in zip(made, PYTHON, strict=True):
        path.write_text(block.text, encoding="utf-8")
    return made


def test_shown_python_has_the_right_types(modules: list[Path]) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    cache = console.ROOT / ".mypy_cache" / "pages"
    done = subprocess.run(
        [*command, f"--cache-dir={cache}", *map(str, modules)],
        cwd=modules[0].parent,
        env={**os.environ, "MYPYPATH": str(PACKAGES)},
        capture_output=True,
        text=True,
    )
    shown_as = {path.name: str(block) for path, block in zip(modules, PYTHON, strict=True)}
    said = done.stdout + done.stderr
    for name, block in shown_as.items():
        said = said.replace(name, f"{block} + ")
    assert said == ""


def test_shown_workflows_in_python_have_no_findings(modules: list[Path]) -> None:
    project = Project(modules[0].parent, Settings())
    for path, block in zip(modules, PYTHON, strict=True):
        if "@workflow" not in block.text:
            continue
        for checked in check_file(path, project):
            found = [finding.message for finding in checked.report.diagnostics]
            assert found == [], str(block)
