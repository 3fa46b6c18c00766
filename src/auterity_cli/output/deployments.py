"""Deployments and versions as lines."""

from __future__ import annotations

from collections.abc import Sequence

import typer
from rich.text import Text

from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import one_line, printable
from auterity_sdk.hosted.schemas.deployment import Deployment
from auterity_sdk.hosted.schemas.push import Pushed
from auterity_sdk.hosted.schemas.workflow import Version

SHORT = 12
"""Digits of a version that are shown; commands take as many as tell it apart."""

_MARKS = {"new": ("+", "green"), "changed": ("~", "yellow"), "same": ("=", "dim")}


def print_pushed(pushed: Pushed, color: Color, options: str) -> None:
    """A line for each workflow on standard output; on standard error what is to be done, and what is worth knowing."""
    out = console("out", color)
    for each in pushed.deployments:
        out.print(deployment_line(each))
    for warning in pushed.warnings:
        typer.echo(f"warning: {printable(warning)}", err=True)
    for each in pushed.deployments:
        if each.status == "pending":
            said = f"{each.workflow} goes live once a second person says so"
            typer.echo(f"{said}: auterity confirm {each.workflow}{options}", err=True)


def deployment_line(each: Deployment) -> Text:
    """`+ lead-response  6f1ed002ab55  new, live`."""
    mark, style = _MARKS[each.change]
    standing = "yellow" if each.status == "pending" else style
    text = Text.assemble(
        (f"{mark} ", style),
        (printable(each.workflow), "bold"),
        f"  {each.version[:SHORT]}  ",
        (f"{each.change}, {each.status}", standing),
    )
    if each.message and each.change != "same":
        text.append(f"  {one_line(each.message)}", "dim")
    return text


def print_versions(versions: Sequence[Version], live: str | None, color: Color) -> None:
    """A line for each version, the last first; the one that is live is marked."""
    out = console("out", color)
    for each in versions:
        is_live = each.version == live
        out.print(
            Text.assemble(
                ("* " if is_live else "  ", "green"),
                (each.version[:SHORT], "bold"),
                f"  {each.at:%Y-%m-%d %H:%M:%S}  {printable(each.path)}",
                ("  live" if is_live else "", "green"),
                (f"  by {printable(each.by_name or each.by)}", "dim"),
            )
        )
