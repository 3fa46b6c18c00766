"""`auterity explain`: the page of a rule."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from auterity_cli.options import ColorOption, JsonOption
from auterity_cli.output.console import Color, console, is_terminal
from auterity_sdk.checks.catalogue import all_rules, find_rule
from auterity_sdk.checks.catalogue import explain as page_of

app = typer.Typer(add_completion=False)


@app.command()
def explain(
    rule: Annotated[
        str | None, typer.Argument(help="A rule's code (AUT302) or name (cycle); none lists all.")
    ] = None,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Say what a rule checks, why, and how to mend it."""
    rules = [find_rule(rule)] if rule else list(all_rules())
    if as_json:
        typer.echo(
            json.dumps(
                [
                    {"code": r.code, "name": r.name, "severity": r.severity.value, "page": r.page}
                    for r in rules
                ],
                indent=2,
            )
        )
    elif rule is None:
        for each in rules:
            typer.echo(
                f"{each.code}  {each.name:<28} {each.severity.value:<8} {each.page.partition(chr(10))[0]}"
            )
    elif is_terminal():
        from rich.markdown import Markdown

        console("out", color).print(Markdown(page_of(rules[0])), soft_wrap=False)
    else:
        typer.echo(page_of(rules[0]))
