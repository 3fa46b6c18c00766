"""`auterity knowledge query`: the passages that answer a question."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import printable
from auterity_sdk.ai.knowledge.passage import Hit
from auterity_sdk.ai.knowledge.searching import MOST, Answered, Knowledge
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_connections import connections_of


def query(
    text: Annotated[str, typer.Argument(help="A question, or words.")],
    name: Annotated[
        str | None, typer.Option(help="Which [knowledge.NAME]; else the only one.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=MOST, help="So many passages.")] = 5,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Find the passages of the documents that answer a question, with their sources, the best first.

    Exit code: 0 something was found, 2 usage, 3 nothing.
    """
    found = Project.find(project, python=False)
    answered = finish(connections_of(found).get(Knowledge, name).search(text, top))
    if as_json:
        typer.echo(json.dumps(_plain(answered), indent=2))
    else:
        for place, hit in enumerate(answered.hits, start=1):
            _print(place, hit, color)
    if not answered.hits:
        typer.echo("nothing is found", err=True)
        raise typer.Exit(ExitCode.NOTHING)


def _print(place: int, hit: Hit, color: Color) -> None:
    from rich.text import Text

    passage = hit.passage
    out = console("out", color)
    source = f"{passage.file}, {passage.place}"
    out.print(Text.assemble((f"{place}. ", "dim"), (printable(source), "bold")))
    for line in printable(passage.text).splitlines():
        out.print(f"   {line}")


def _plain(answered: Answered) -> dict[str, Any]:
    return {"model": answered.model, "passages": [_of(hit) for hit in answered.hits]}


def _of(hit: Hit) -> dict[str, Any]:
    place = hit.passage.place
    spot: dict[str, Any] = {"headings": list(place.headings)}
    if place.page:
        spot["page"] = place.page
    elif place.row:
        spot["row"] = place.row
    else:
        spot["lines"] = [place.first_line, place.last_line]
    return {
        "file": hit.passage.file,
        **spot,
        "text": hit.passage.text,
        "score": round(hit.score, 6),
    }
