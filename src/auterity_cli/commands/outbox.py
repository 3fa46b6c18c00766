"""`auterity outbox`: what steps sent, kept on this machine instead of texting anybody."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import printable
from auterity_sdk.connections.outbox import FILE_NAME, Message, Outbox
from auterity_sdk.runtime.project import Project

app = typer.Typer(add_completion=False)


class Channel(StrEnum):
    """What a message was sent by."""

    SMS = "sms"
    EMAIL = "email"
    TASK = "task"


@app.command()
def outbox(
    channel: Annotated[Channel | None, typer.Option(help="Only texts, mails or tasks.")] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show the messages that steps sent to the local outbox, oldest first.

    Until a connection is configured, texts, mails and tasks go nowhere but here.
    """
    kept = Outbox(Project.find(project, python=False).store_folder / FILE_NAME)
    messages = kept.messages(channel.value if channel else None)
    if as_json:
        typer.echo(json.dumps([_plain(message) for message in messages], indent=2))
        return
    out = console("out", color)
    for message in messages:
        out.print(_heading(message))
        for line in printable(message.body).splitlines():
            out.print(f"    {line}")
    typer.echo(f"{len(messages)} message{'' if len(messages) == 1 else 's'}", err=not messages)


def _heading(message: Message) -> object:
    from rich.text import Text

    subject = f"  {printable(message.subject)}" if message.subject else ""
    sent = "" if message.via == "outbox" else f"  (by {message.via})"
    return Text.assemble(
        (message.at.strftime("%Y-%m-%d %H:%M:%S "), "dim"),
        (f"{message.channel:<6}", "cyan"),
        (f"to {printable(message.to)}", "bold"),
        subject,
        (sent, "dim"),
    )


def _plain(message: Message) -> dict[str, object]:
    return {**asdict(message), "at": message.at.isoformat(), "details": dict(message.details)}
