"""`auterity knowledge build`: index the documents that the project names."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.local_runs import finish, now
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.printable import printable
from auterity_cli.output.summary import count
from auterity_sdk.ai.knowledge.building import Build, Built, Told
from auterity_sdk.ai.language_model import OFFLINE, LanguageModel, Usage
from auterity_sdk.ai.prices import Cost, Prices
from auterity_sdk.runtime.document_files import documents
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_connections import connections_of
from auterity_sdk.runtime.project_knowledge import chosen, index_of

_DONE = ("added", "changed", "removed")


def build(
    name: Annotated[
        str | None, typer.Argument(help="Which [knowledge.NAME]; else the only one.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Bring the index of a project's documents up to date. Only files that have changed are read again.

    A file that cannot be read is named, and passed over. Ctrl-C leaves an index that is right: what is not done yet
    is as it was.

    Exit code: 0 all files are in the index, 1 some cannot be read, 2 usage.
    """
    found = Project.find(project, python=False)
    known, table = chosen(found, name)
    files = documents(found, table)
    connections = connections_of(found)
    model = connections.get(LanguageModel, table.connection)
    work = Build(index_of(found, known), model, _tell, table.embedding_model)
    built = finish(work.run(files))
    cost = _cost(connections.get(Prices), built)
    if as_json:
        typer.echo(json.dumps(_plain(known, built, cost), indent=2))
    else:
        typer.echo(_said(known, built, cost))
    if built.count("unreadable"):
        raise typer.Exit(ExitCode.FINDINGS)


def _tell(told: Told) -> None:
    said = f" ({count(told.passages, 'passage')})" if told.passages else ""
    why = f": {printable(told.why)}" if told.why else ""
    typer.echo(f"  {told.done} {printable(told.file)}{said}{why}", err=True)


def _cost(prices: Prices, built: Built) -> Cost | None:
    """What the vectors cost; None where no price is known."""
    provider, _, model = built.model.partition("/")
    return prices.cost(Usage(built.tokens, 0), provider, model, now())


def _said(name: str, built: Built, cost: Cost | None) -> str:
    parts = [f"{built.count(done)} {done}" for done in (*_DONE, "unreadable") if built.count(done)]
    done = ", ".join(parts) or "nothing has changed"
    inside = f"{count(built.files, 'file')}, {count(built.passages, 'passage')}"
    price = "price not known" if cost is None else f"${cost.usd:.4f}"
    paid = "" if built.model.startswith(OFFLINE) else f", {count(built.tokens, 'token')} ({price})"
    return f"{name}: {inside} ({done}), by {built.model}{paid}"


def _plain(name: str, built: Built, cost: Cost | None) -> dict[str, Any]:
    return {
        "name": name,
        "model": built.model,
        "files": built.files,
        "passages": built.passages,
        "unchanged": built.unchanged,
        **{done: [each.file for each in built.told if each.done == done] for done in _DONE},
        "unreadable": [
            {"file": each.file, "why": each.why} for each in built.told if each.done == "unreadable"
        ],
        "tokens": built.tokens,
        "estimated": built.estimated,
        "usd": None if cost is None else float(cost.usd),
    }
