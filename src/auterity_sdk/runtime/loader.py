"""From a file to a checked workflow: YAML and JSON by reading, Python by importing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.checks.policy import Policy
from auterity_sdk.errors import UsageError
from auterity_sdk.expression.suggest import did_you_mean
from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project, read, workflow_files
from auterity_sdk.workflow.document import load_document

PYTHON = ".py"


def check_files(
    places: Iterable[Path], project: Project, policy: Policy | None = None
) -> Iterator[Checked]:
    """Check each workflow in the files and folders. Raises `UsageError` for a file that cannot be read."""
    policy = policy or policy_of(project)
    for file in workflow_files(tuple(places)):
        yield from check_file(file, project, policy)


def check_file(file: Path, project: Project, policy: Policy | None = None) -> Iterator[Checked]:
    """Check the workflows of one file: one in YAML or JSON, any number in Python.

    Without a `policy`, that of the project's settings counts, as of today.
    """
    policy = policy or policy_of(project)
    if file.suffix == PYTHON:
        if not project.python:
            raise UsageError(
                f"{file} is Python, which --no-python does not import",
                help="leave --no-python out, or check its YAML (auterity convert --to yaml)",
            )
        from auterity_sdk.runtime.python_files import check_module  # here: YAML needs no builder

        read(file)  # a file that is not there is named before anything is imported
        yield from check_module(file, project, policy)
        return
    document = load_document(read(file), file=str(file))
    yield check_document(document, project.registry, policy=policy)


def find_file(name: str, project: Project) -> Path:
    """The workflow file that is meant: a path, or the name of a workflow in the project's folders."""
    file = Path(name)
    if file.exists() or file.suffix in (".yaml", ".yml", ".json", PYTHON) or "/" in name:
        return file
    known = dict(_named_files(project))
    if name in known:
        return known[name]
    near = did_you_mean(name, known)
    raise UsageError(
        f"there is no workflow file `{name}`",
        help=f"a workflow with a similar name exists: `{near}`"
        if near
        else "name a file, or a workflow in one of the folders of [project] workflows",
    )


def _named_files(project: Project) -> Iterator[tuple[str, Path]]:
    """The project's workflow files by the name that stands in them, the file's own where none can be read."""
    for file in workflow_files(project.workflow_folders):
        data = load_document(read(file), file=str(file)).data
        named = data.get("name") if isinstance(data, dict) else None
        yield (named if isinstance(named, str) else file.stem), file
