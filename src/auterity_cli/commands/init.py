"""`auterity init`: a new project in which everything passes at once."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from auterity_cli.replace_file import replace_file
from auterity_sdk.errors import UsageError
from auterity_sdk.testing.cases.schema import schema_of_tests
from auterity_sdk.workflow.json_schema import json_schema

app = typer.Typer(add_completion=False)

PLACES = {
    "auterity.toml": "auterity.toml",
    "workflows/first-answer.yaml": "workflows/first-answer.yaml",
    "workflows/first-answer.test.yaml": "workflows/first-answer.test.yaml",
    "leads/lead.xml": "leads/lead.xml",
    "tests/test_first_answer.py": "tests/test_first_answer.py",
    "github/auterity.yml": ".github/workflows/auterity.yml",
    "gitignore": ".gitignore",
}
"""The files of the template, and where each goes."""

FILLED = {"auterity.toml", "github/auterity.yml"}
"""Those in which `$name` and the like are filled in; the others hold `${…}` of their own."""

PINS = {
    "checkout": "de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2",
    "setup_python": "a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0",
}
"""Actions are pinned by commit, so that nobody can change them under a project."""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where; made if it is not there.")] = Path(),
    name: Annotated[str | None, typer.Option(help="The dealership's name.")] = None,
) -> None:
    """Make a project in which validate, run and the test pass at once.

    One workflow, tests of it in YAML and in Python, one lead to run it with, settings, and a CI file. No file
    that is there is touched.
    """
    texts = _texts(folder, name)
    taken = [place for place in texts if (folder / place).exists()]
    if taken:
        raise UsageError(
            f"{folder / taken[0]} exists already",
            help="choose an empty folder; nothing was written",
        )
    for place, text in texts.items():
        _write(folder / place, text)
    _say_next(folder)


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UsageError(f"{file.parent} cannot be made: {reason}") from None
    replace_file(file, text.encode())
    typer.echo(f"wrote {file}")


def _texts(folder: Path, name: str | None) -> dict[str, str]:
    template = files("auterity_cli") / "new_project"
    named = json.dumps(name or folder.resolve().name)[1:-1]
    texts = {}
    for source, place in PLACES.items():
        text = template.joinpath(*source.split("/")).read_text(encoding="utf-8")
        texts[place] = Template(text).substitute(name=named, **PINS) if source in FILLED else text
    texts["workflow.schema.json"] = json.dumps(json_schema("draft-07"), indent=2) + "\n"
    texts["test.schema.json"] = json.dumps(schema_of_tests("draft-07"), indent=2) + "\n"
    return texts


def _say_next(folder: Path) -> None:
    typer.echo("\nnext:")
    if folder != Path():
        typer.echo(f"  cd {folder}")
    typer.echo("  auterity validate")
    typer.echo("  auterity run first-answer --input leads/lead.xml")
    typer.echo("  auterity outbox")
    typer.echo("  auterity test --coverage")
    typer.echo("  python -m pytest tests        # needs pytest")
