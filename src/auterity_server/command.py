"""`auterity server`: the hosted backend in one process. Joins the command line by its entry point."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated

import typer

from auterity_server.database.database import Database
from auterity_server.serve import serve, work
from auterity_server.settings import Settings, variable

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def server(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(help="The folder of all that it keeps; also AUTERITY_DATA.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="The address that it listens on; also AUTERITY_HOST.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="The port, 0 for a free one; also AUTERITY_PORT."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Say where it is as an object of JSON.")
    ] = False,
) -> None:
    """Push, run and operate workflows for many stores: the API and the worker in one process on SQLite, or several on
    PostgreSQL.

    It listens on this machine alone unless told otherwise, and sends nothing anywhere unless its settings name
    connections. The first time it prints a link by which the owner signs in, once. Ctrl-C or SIGTERM ends it; what runs
    is carried on when it starts again. All settings come from the environment: docs/reference/server.md.
    """
    if context.invoked_subcommand is not None:
        return
    given = {"data": data, "host": host, "port": port}
    options = {variable(name): str(each) for name, each in given.items() if each is not None}
    settings = Settings.from_environment({**os.environ, **options})

    if settings.role == "worker":
        work(settings, lambda: typer.echo("working"))
        return

    def told(url: str, link: str | None) -> None:
        if as_json:
            typer.echo(json.dumps({"url": url, "sign_in_link": link}))
            return
        typer.echo(f"serving {url}")
        if link is not None:
            typer.echo(f"sign in first, once, as {settings.admin_email}:\n  {link}")
        if not settings.is_loopback:
            typer.echo("other machines can reach it: let only HTTPS lead here", err=True)

    serve(settings, told)


@app.command()
def migrate(
    pre: Annotated[
        bool, typer.Option("--pre", help="Only add: before processes of the new release start.")
    ] = False,
    post: Annotated[
        bool, typer.Option("--post", help="Only drop: once no process of the old release is left.")
    ] = False,
) -> None:
    """Bring the database to the form of this release; without an option, both halves.

    A server on SQLite does so by itself when it starts. On PostgreSQL the first half leaves what processes of the release
    before need, so that they can be replaced one by one.
    """
    database = Database(Settings.from_environment(os.environ).database)

    async def both() -> list[str]:
        try:
            if pre or not post:
                await database.begin_migration()
            await database.must_fit()
            return await database.finish_migration() if post or not pre else []
        finally:
            await database.close()

    dropped = asyncio.run(both())
    typer.echo("the database fits this release")
    if dropped:
        typer.echo(f"dropped what was left of: {', '.join(dropped)}")
