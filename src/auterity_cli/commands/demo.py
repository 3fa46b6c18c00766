"""`auterity demo`: an internet lead goes through a checked workflow, before your eyes."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.local_runs import NOW
from auterity_cli.options import ColorOption
from auterity_cli.output.console import Color, console
from auterity_cli.shipped import shipped
from auterity_sdk.errors import UsageError

app = typer.Typer(add_completion=False)


class Act(NamedTuple):
    """One command of the demo: what is said before it, when it is, its words, and how it must end."""

    said: str
    at: str
    words: tuple[str, ...]
    code: ExitCode = ExitCode.OK


TUESDAY = "2026-11-24T10:{minute}:00-05:00"
"""A time at which the law lets a dealer text; at night the workflow would have a person call instead."""

ACTS = (
    Act("The workflow is checked before it may run.", "00", ("validate", "lead-response.yaml")),
    Act(
        "An internet lead arrives, as ADF. It is scored, its consent and the hour are checked; a text goes "
        "out, and the run waits for the answer. No process has to stay.",
        "00",
        ("run", "lead-response.yaml", "--input", "lead.xml"),
        ExitCode.WAITING,
    ),
    Act("Nobody was texted: until you configure a sender, messages stay here.", "01", ("outbox",)),
    Act(
        "Four minutes later the customer answers. Another process carries the run on.",
        "04",
        ("send", "sms.received", "from=+14195550188", "body=Yes! Thursday after five?"),
    ),
    Act("The whole run, and what it left in the outbox.", "04", ("runs", "show")),
    Act("", "04", ("outbox", "--channel", "task")),
)


@app.command()
def demo(
    folder: Annotated[
        Path | None, typer.Option(help="Keep the demo's project in this new folder.")
    ] = None,
    color: ColorOption = Color.AUTO,
) -> None:
    """See an internet lead go through a checked workflow, from the ADF document to the answer.

    Each command is a real one, run as you would run it. The demo's clock says Tuesday, ten o'clock, since at
    other hours the law of many states lets nobody be texted.
    """
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="auterity-")))
        _make(place)
        for act in ACTS:
            _play(act, place, color)
        kept = f"the project is kept in {place}" if folder else "next: auterity init my-dealership"
        typer.echo(f"\nThe run ended as its workflow says; {kept}")


def _make(place: Path) -> None:
    if place.exists() and any(place.iterdir()):
        raise UsageError(f"{place} is not empty", help="name a new folder")
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(shipped("workflows", "lead-response.yaml"), place)
    shutil.copy(shipped("examples", "data", "lead.xml"), place)
    settings = (
        '[dealership]\nname = "Maumee Bay Motors"\nregion = "OH"\ntimezone = "America/New_York"\n'
    )
    (place / "auterity.toml").write_text(settings, encoding="utf-8")


def _play(act: Act, place: Path, color: Color) -> None:
    out = console("out", color)
    if act.said:
        out.print(f"\n{act.said}", style="bold")
    out.print(f"$ auterity {shlex.join(act.words)}", style="cyan")
    out.file.flush()
    code = _run(act.words, act.at, place)
    if code != act.code:
        typer.echo(f"the command ended with {code}, not with {act.code.value}", err=True)
        raise typer.Exit(ExitCode.FINDINGS)


def _run(words: Sequence[str], minute: str, place: Path) -> int:
    # The program itself, with words of ours and no shell.
    command = [sys.executable, "-m", "auterity_cli", *words]
    environment = {**os.environ, NOW: TUESDAY.format(minute=minute), "PYTHONSAFEPATH": "1"}
    return subprocess.run(command, cwd=place, env=environment, check=False).returncode  # noqa: S603
