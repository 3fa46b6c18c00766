"""The check of what is to go live, together with all that it calls and that calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from msgspec import Struct
from pydantic import ValidationError

from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.called import Called
from auterity_sdk.workflow.canonical import version
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow, load
from auterity_sdk.workflow.step import CallStep
from auterity_server.workflows.declarations import declared_in, declared_policy, declared_project

_NOWHERE = Path("/")


class Candidate(Struct, frozen=True):
    """A file that is to go live, and what its project declares."""

    path: str
    text: str
    project: Mapping[str, Any]


class Verdict(Struct, frozen=True):
    """What the checker says of a file. `version` is the hash of its meaning, empty where it could not be read."""

    candidate: Candidate
    checked: Checked
    version: str

    @property
    def ok(self) -> bool:
        """It may go live."""
        return self.checked.report.ok and bool(self.version)

    @property
    def workflow(self) -> str:
        """The workflow's name; empty where it could not be read."""
        return self.checked.workflow.name if self.checked.workflow else ""


def read_workflow(text: str, path: str) -> Workflow | None:
    """The workflow of a text, whatever its findings; None where it is none."""
    data = load_document(text, file=path).data
    if not isinstance(data, dict):
        return None
    try:
        return load(data)
    except ValidationError:
        return None


def check(
    candidates: Sequence[Candidate],
    live: Sequence[Candidate],
    versions: Mapping[str, Sequence[Workflow]],
    registry: Registry,
) -> list[Verdict]:
    """A verdict for each candidate, then one for each live workflow that calls one of them, if that is no longer right.

    They may call one another, and what is `live`; `versions` are other versions by name.
    """
    known = {each.name: each for each in _workflows(live)}
    coming = {each.name: each for each in _workflows(candidates)}
    registry = replace(registry, workflows={**known, **coming}, versions=versions)
    found = [_verdict(each, registry) for each in candidates]
    callers = (each for each in live if _calls(each, coming))
    broken = (_verdict(each, registry) for each in callers)
    return [*found, *(each for each in broken if not each.ok)]


def called_versions(candidates: Iterable[Candidate]) -> list[str]:
    """The names of workflows of which candidates call a certain version."""
    calls = (call for each in _workflows(candidates) for call in _called(each))
    return sorted({call.name for call in calls if call.pinned})


def _verdict(candidate: Candidate, registry: Registry) -> Verdict:
    project = declared_project(candidate.project, _NOWHERE)
    document = load_document(candidate.text, file=candidate.path)
    catalog = declared_in(candidate.project, registry)
    catalog = replace(catalog, calendars=project.calendars, queues=project.queues)
    checked = check_document(document, catalog, policy=declared_policy(project))
    workflow = checked.workflow
    whole = workflow is not None and checked.subject.complete
    # Of the text alone, as the registry knows versions: of no step type and no other workflow.
    name = version(workflow, build_graph(workflow, Registry())) if workflow and whole else ""
    return Verdict(candidate, checked, name)


def _workflows(candidates: Iterable[Candidate]) -> Iterator[Workflow]:
    read = (read_workflow(each.text, each.path) for each in candidates)
    return (each for each in read if each is not None)


def _calls(candidate: Candidate, coming: Mapping[str, Workflow]) -> bool:
    workflow = read_workflow(candidate.text, candidate.path)
    if workflow is None or workflow.name in coming:
        return False
    return any(not call.pinned and call.name in coming for call in _called(workflow))


def _called(workflow: Workflow) -> Iterator[Called]:
    graph = build_graph(workflow, Registry())
    for inner in graph.walk():
        for node in inner.nodes.values():
            if isinstance(node.step, CallStep):
                yield Called.read(node.step.call)
