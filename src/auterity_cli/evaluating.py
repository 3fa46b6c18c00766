"""What `auterity eval` evaluates and compares: workflow files, and the models that their steps ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auterity_sdk.errors import UsageError
from auterity_sdk.expression.suggest import did_you_mean
from auterity_sdk.runtime.loader import PYTHON, find_file
from auterity_sdk.runtime.project import SUFFIXES, Project

if TYPE_CHECKING:
    from auterity_sdk.ai.language_model import LanguageModel
    from auterity_sdk.connections.configured import ConfiguredConnections
    from auterity_sdk.testing.evaluation.evaluate import Subject
    from auterity_sdk.testing.kept_answers import Models

CASES_MARK = ".cases"
"""Stands before the suffix in the name of a file of cases."""
OFFLINE = "offline"


def cases_of(workflow: Path) -> Path:
    """The file of cases beside a workflow: `x.cases.yaml`. Raises `UsageError` where there is none."""
    for suffix in SUFFIXES:
        found = workflow.with_name(workflow.stem + CASES_MARK + suffix)
        if found.is_file():
            return found
    raise UsageError(
        f"there is no {workflow.stem}{CASES_MARK}.yaml beside {workflow}",
        help="name the file of cases: --cases FILE",
    )


def subjects(file: str, compared: Sequence[str], project: Project) -> Iterator[Subject]:
    """The workflow as it is configured, then what it is compared with.

    Each name in `compared` is a connection that all steps are to ask, `offline`, or another workflow.
    """
    from auterity_sdk.ai.prices import Prices
    from auterity_sdk.runtime.project_connections import connections_of
    from auterity_sdk.testing.evaluation.evaluate import Subject
    from auterity_sdk.testing.rehearsal import Rehearsed

    path = find_file(file, project)
    of = Rehearsed.load(path, project)
    connections = connections_of(project)
    prices: Prices = connections.get(Prices)
    usual = _usual(connections)
    yield Subject(path.stem if compared else of.workflow.name, of, usual, prices)
    for name in compared:
        if _is_file(name):
            other = Rehearsed.load(Path(name), project)
            yield Subject(Path(name).stem, other, usual, prices)
        else:
            yield Subject(name, of, _of_connection(name, connections, project), prices)


def _usual(connections: ConfiguredConnections) -> Models:
    from auterity_sdk.ai.language_model import LanguageModel

    def model(name: str | None) -> LanguageModel:
        found: LanguageModel = connections.get(LanguageModel, name)
        return found

    return model


def _of_connection(name: str, connections: ConfiguredConnections, project: Project) -> Models:
    """One model for every step, whatever connection the step names."""
    if name not in project.settings.connections and name != OFFLINE:
        raise _unknown(name, project)
    from auterity_sdk.runtime.language_models import offline_model

    known = name in project.settings.connections
    one = _usual(connections)(name) if known else offline_model()
    return lambda _: one


def _unknown(name: str, project: Project) -> UsageError:
    known = (*project.settings.connections, OFFLINE)
    near = did_you_mean(name, known)
    return UsageError(
        f"`{name}` is neither a connection nor a workflow file",
        help=f"a similar connection exists: `{near}`" if near else f"there is {', '.join(known)}",
    )


def _is_file(name: str) -> bool:
    return Path(name).suffix in (*SUFFIXES, PYTHON) or Path(name).is_file()
