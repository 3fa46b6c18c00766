"""`auterity runs prune`: forget runs that ended long ago."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from auterity_cli.local_runs import finish, local_runtime
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.project import Project
from auterity_sdk.workflow.duration import Duration


def prune(
    older_than: Annotated[
        str, typer.Option(help="Runs that ended so long ago, such as 90d. A day is 24 hours.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which.")] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Forget runs that ended long ago, with their journals, and give the disk back.

    A run that goes on stays, and so does every run that it called. Outside events that a forgotten run took may
    count once more.
    """
    try:
        age = Duration.parse(older_than)
    except ValueError as error:
        raise UsageError(
            f"--older-than: {error}", help="auterity runs prune --older-than 90d"
        ) from None
    with local_runtime(Project.find(project, python=False)) as runtime:

        async def whole() -> list[str]:
            before = runtime.clock.now() - age.milliseconds
            found = await runtime.store.prunable(before)
            if not dry_run:
                await runtime.store.prune(found)
            return found

        found = finish(whole())
    if as_json:
        typer.echo(json.dumps({"runs": found, "forgotten": not dry_run}, indent=2))
        return
    for run in found if dry_run else ():
        typer.echo(run)
    said = "would be forgotten" if dry_run else "forgotten"
    typer.echo(f"{len(found)} run{'' if len(found) == 1 else 's'} {said}", err=True)
