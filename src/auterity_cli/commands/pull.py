"""`auterity pull`: the workflows that are live, as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.listed import print_json
from auterity_cli.output.printable import printable
from auterity_cli.output.results import relative
from auterity_cli.replace_file import replace_file
from auterity_cli.version_choice import VersionOption, chosen_version
from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.schemas.workflow import Version
from auterity_sdk.runtime.project import Project

app = typer.Typer(add_completion=False)

_SUFFIXES = (".yaml", ".yml", ".json")


@app.command()
def pull(
    names: Annotated[
        list[str] | None, typer.Argument(help="Workflows; without one, all.", metavar="[NAME]")
    ] = None,
    version: VersionOption = None,
    to: Annotated[
        Path | None,
        typer.Option(help="A folder for the files; else each goes where it was pushed from."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Put them in the place of files that differ.")
    ] = False,
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write the workflows that are live in an environment into files of the project.

    A file is written as it was pushed, where it was pushed from; one that was pushed from Python is written in YAML.
    A file that is there and differs is left as it is, and the command fails, unless --force.
    """
    here = Project.find(project, python=False)
    place = hosted_place(context, environment, here)
    if version is not None and len(names or []) != 1:
        raise UsageError("--version goes with the name of one workflow")
    found = finish(_pulled(place, names or [], version))
    if as_json:
        print_json(found)
        return
    files = [(_file(each, here.root, to), each) for each in found]
    standing = [file for file, each in files if _differs(file, each)]
    if standing and not force:
        names_of = ", ".join(map(_shown, standing))
        raise UsageError(
            f"these files differ from what is live: {names_of}",
            help="auterity diff shows how two files differ; --force writes over them",
        )
    for file, each in files:
        _write(file, each)
    if not files:
        typer.echo("nothing is live there", err=True)
        raise typer.Exit(ExitCode.NOTHING)


async def _pulled(place: Place, names: Sequence[str], version: str | None) -> list[Version]:
    async with place.profile.in_environment() as environment:
        if version is not None:
            return [await chosen_version(environment, names[0], version)]
        wanted = names or [each.name async for each in environment.workflows() if each.live]
        found = [await environment.workflow(name) for name in wanted]
    missing = [each.name for each in found if each.version is None]
    if missing:
        raise UsageError(f"`{missing[0]}` has no version that is live")
    return [each.version for each in found if each.version is not None]


def _file(version: Version, root: Path, to: Path | None) -> Path:
    """Where a version goes: its path is one inside of the project, as the contract has it."""
    path = Path(version.path)
    if path.suffix not in _SUFFIXES:
        path = path.with_name(f"{version.workflow}.yaml")
    return root / path if to is None else to / path.name


def _differs(file: Path, version: Version) -> bool:
    try:
        return file.read_bytes() != version.text.encode()
    except FileNotFoundError:
        return False


def _write(file: Path, version: Version) -> None:
    if file.exists() and not _differs(file, version):
        typer.echo(f"= {_shown(file)}")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, version.text.encode())
    typer.echo(f"wrote {_shown(file)}")


def _shown(file: Path) -> str:
    return printable(relative(file, Path.cwd()))
