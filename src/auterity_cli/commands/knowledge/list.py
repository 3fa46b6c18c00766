"""`auterity knowledge list`: what documents the project names, and what is indexed of them."""

from __future__ import annotations

import json
from typing import Any

import typer

from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.summary import count
from auterity_sdk.ai.knowledge.index import Contents
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_knowledge import index_of


def list_knowledge(project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """List each [knowledge.NAME] of the project, with what is in its index."""
    found = Project.find(project, python=False)
    listed = {
        name: (table.folders, finish(index_of(found, name).contents()))
        for name, table in found.settings.knowledge.items()
    }
    if as_json:
        rows = [_plain(name, *each) for name, each in listed.items()]
        typer.echo(json.dumps(rows, indent=2))
        return
    for name, (folders, contents) in listed.items():
        typer.echo(f"{name}  {', '.join(folders)}  {_said(contents)}")
    if not listed:
        typer.echo(
            "the project names no documents: see [knowledge.NAME] of auterity.toml", err=True
        )


def _said(contents: Contents) -> str:
    if not contents.model:
        return "not built yet"
    inside = f"{count(contents.files, 'file')}, {count(contents.passages, 'passage')}"
    return f"{inside}, by {contents.model}"


def _plain(name: str, folders: tuple[str, ...], contents: Contents) -> dict[str, Any]:
    return {
        "name": name,
        "folders": list(folders),
        "model": contents.model or None,
        "files": contents.files,
        "passages": contents.passages,
    }
