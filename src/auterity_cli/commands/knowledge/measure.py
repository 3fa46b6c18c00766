"""`auterity knowledge measure`: how many of a list of questions are answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from auterity_cli.exit_codes import ExitCode
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.printable import printable
from auterity_sdk.ai.knowledge import recall
from auterity_sdk.ai.knowledge.searching import MOST, Knowledge
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.project import Project, read
from auterity_sdk.runtime.project_connections import connections_of
from auterity_sdk.workflow.document import load_document


def measure(
    questions: Annotated[Path, typer.Argument(help="A YAML file: groups of {ask, file, says}.")],
    name: Annotated[
        str | None, typer.Option(help="Which [knowledge.NAME]; else the only one.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=MOST, help="The answer is among so many.")] = 5,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=1, help="Fail where a group has less.")
    ] = None,
    only: Annotated[str | None, typer.Option(help="Only this group.")] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Tell the share of questions whose answer is among the first passages (recall).

    Each question says in which `file` its answer is, and words that the passage `says`.

    Exit code: 0, 1 a group is under --fail-under, 2 usage.
    """
    groups = _read(questions)
    if only is not None and only not in groups:
        raise UsageError(f"{questions} has no group `{only}`", help=f"it has {', '.join(groups)}")
    wanted = {group: some for group, some in groups.items() if only in (None, group)}
    knowledge = connections_of(Project.find(project, python=False)).get(Knowledge, name)
    found = finish(recall.measure(knowledge, wanted, top))
    if as_json:
        typer.echo(json.dumps([_plain(each) for each in found], indent=2))
    else:
        for each in found:
            _print(each, top)
    if fail_under is not None and any(each.share < fail_under for each in found):
        raise typer.Exit(ExitCode.FINDINGS)


def _read(file: Path) -> dict[str, tuple[recall.Question, ...]]:
    document = load_document(read(file), file=str(file))
    try:
        return recall.Questions.model_validate(document.data).root
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "it"
        raise UsageError(
            f"{file}: {place}: {first['msg']}",
            help="write groups of questions: own: [{ask: …, file: …, says: …}]",
        ) from None


def _print(found: recall.Recall, top: int) -> None:
    right = found.questions - len(found.missed)
    typer.echo(
        f"{found.group}: {found.share:.2f} ({right} of {found.questions} in the first {top})"
    )
    for question in found.missed:
        typer.echo(f"  missed: {printable(question.ask)} ({printable(question.file)})", err=True)


def _plain(found: recall.Recall) -> dict[str, Any]:
    missed = [question.model_dump() for question in found.missed]
    return {
        "group": found.group,
        "recall": found.share,
        "questions": found.questions,
        "missed": missed,
    }
