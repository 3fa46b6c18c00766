"""`auterity schema`: the JSON Schema of workflow files."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from auterity_sdk.workflow.json_schema import json_schema

app = typer.Typer(add_completion=False)


class Dialect(StrEnum):
    """The versions of JSON Schema that are written."""

    DRAFT_07 = "draft-07"
    D2020_12 = "2020-12"


@app.command()
def schema(
    dialect: Annotated[
        Dialect, typer.Option(help="draft-07 is what editors read.")
    ] = Dialect.DRAFT_07,
) -> None:
    """Print the JSON Schema of workflow files, for editors."""
    typer.echo(json.dumps(json_schema(dialect.value), indent=2))
