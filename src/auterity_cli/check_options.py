"""The options of a check, each spelt once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from auterity_cli.output.formats import FORMATS

PlacesArgument = Annotated[
    list[Path] | None,
    typer.Argument(help="Files, and folders in which workflow files are found.", metavar="FILE"),
]
FormatsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME[=FILE]",
        help=f"One of {', '.join(FORMATS)}; each but one goes to a file. Default: text.",
    ),
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")]
ProfileOption = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="A table `profiles.NAME` of the settings.", show_default=False
    ),
]
JurisdictionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--jurisdiction",
        metavar="PLACE",
        help="Rules of law of this place too, such as us-ca or ca, beside those of the table `dealership`.",
    ),
]
AsOfOption = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="The day for which the check is made. Default: today.",
    ),
]
NoSuppressionsOption = Annotated[
    bool, typer.Option("--no-suppressions", help="Report what comments allow, too.")
]
BaselineOption = Annotated[
    Path | None,
    typer.Option("--baseline", metavar="FILE", help="Known findings, which are left out."),
]
WriteBaselineOption = Annotated[
    Path | None,
    typer.Option(
        "--write-baseline", metavar="FILE", help="Write a baseline: all that is found is known."
    ),
]
OnlyWorkflowsOption = Annotated[
    bool,
    typer.Option(
        "--only-workflows", help="Pass over named files that do not have the top key `auterity`."
    ),
]
ChangedSinceOption = Annotated[
    str | None,
    typer.Option(
        "--changed-since",
        metavar="GIT_REV",
        help="Check only what changed since a git revision, and what that concerns.",
    ),
]
NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="Remember no verdict, and take none that is remembered.")
]
FixOption = Annotated[bool, typer.Option("--fix", help="Make the safe fixes in the files.")]
UnsafeOption = Annotated[
    bool,
    typer.Option("--unsafe", help="With --fix: also fixes that may change what was meant."),
]
DiffOption = Annotated[
    bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")
]
