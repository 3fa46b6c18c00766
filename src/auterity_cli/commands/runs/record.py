"""`auterity runs record`: a run as a test file."""

from __future__ import annotations

from pathlib import Path

import typer

from auterity_cli.local_runs import finish, local_runtime
from auterity_cli.options import HERE, ProjectOption
from auterity_cli.output.printable import printable
from auterity_cli.run_choice import RevealOption, RunArgument, chosen
from auterity_sdk.errors import AuterityError
from auterity_sdk.runtime.loader import find_file
from auterity_sdk.runtime.project import Project
from auterity_sdk.testing.cases.play import Suite
from auterity_sdk.testing.cases.recording import record as recorded
from auterity_sdk.workflow.document import write_document


def record(
    run: RunArgument = None,
    reveal: RevealOption = False,
    project: ProjectOption = HERE,
) -> None:
    """Print a run that has ended as a test file, which plays as the run did.

    Its steps return what they gave, people and events come as they came. Save it beside the workflow:
    auterity runs record > workflows/lead-response.test.yaml

    Personal data is replaced by values of the same look, unless --reveal asks for it in clear. Where the run then
    goes another way, that is said on standard error.
    """
    found = Project.find(project)
    with local_runtime(found) as runtime:

        async def whole() -> tuple[str, str]:
            run_id = await chosen(runtime, run)
            summary = await runtime.store.run(run_id)
            text = write_document(await recorded(runtime, run_id, reveal=reveal))
            return text, summary.workflow if summary else ""

        text, workflow = finish(whole())
    typer.echo(text, nl=False)
    for line in _differences(text, workflow, found):
        typer.echo(line, err=True)


def _differences(text: str, workflow: str, project: Project) -> list[str]:
    """How a recorded case falls short when it is played; nothing where it cannot be tried here."""
    try:
        file = find_file(workflow, project)
        suite = Suite.of_text(text, Path("recorded.test.yaml"), file, project)
        played = [suite.play(name) for name in suite.names]
    except AuterityError as error:
        return [f"warning: it could not be played: {printable(error.message)}"]
    found = [short.message for each in played for short in each.shortfalls]
    return [f"warning: played, it is not as the run was: {printable(each)}" for each in found]
