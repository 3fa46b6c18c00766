"""`auterity schema`: the JSON Schema of workflow files, of test files and of labelled cases."""

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


class Kind(StrEnum):
    """The kinds of file."""

    WORKFLOW = "workflow"
    TEST = "test"
    CASES = "cases"


@app.command()
def schema(
    of: Annotated[
        Kind, typer.Option(help="Of workflow files, of x.test.yaml, or of x.cases.yaml.")
    ] = Kind.WORKFLOW,
    dialect: Annotated[
        Dialect, typer.Option(help="draft-07 is what editors read.")
    ] = Dialect.DRAFT_07,
) -> None:
    """Print the JSON Schema of workflow files, of test files or of labelled cases, for editors."""
    if of is Kind.TEST:
        from auterity_sdk.testing.cases.schema import schema_of_tests  # here: it loads the engine

        typer.echo(json.dumps(schema_of_tests(dialect.value), indent=2))
        return
    if of is Kind.CASES:
        from auterity_sdk.testing.evaluation.schema import schema_of_cases

        typer.echo(json.dumps(schema_of_cases(dialect.value), indent=2))
        return
    typer.echo(json.dumps(json_schema(dialect.value), indent=2))
