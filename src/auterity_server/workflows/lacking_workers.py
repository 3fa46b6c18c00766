"""What to say of step types of a project's own that no living worker has: their runs would wait for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES
from auterity_sdk.steps.declared import digest_of
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.step import UsesStep
from auterity_server.database.workers import LiveWorker
from auterity_server.workflows.deploying import Outcome

_ADVICE = "auterity worker --project . starts one, with the server's AUTERITY_DATA"


def lacking_workers(outcome: Outcome, living: Iterable[LiveWorker]) -> Iterator[str]:
    """A line for each step type that a pushed workflow uses, of the project's own, and that no worker has."""
    workers = list(living)
    for name, digest in sorted(_used(outcome).items()):
        if any(each.has(name, digest) for each in workers):
            continue
        if any(name in each.step_types for each in workers):
            yield f"no worker has `{name}` as this push declares it: its steps wait for one that was started anew"
        else:
            yield f"no worker has the step type `{name}`: its steps wait for one; {_ADVICE}"


def _used(outcome: Outcome) -> Mapping[str, str]:
    """The step types of the project's own that the workflows use, each with the digest of its declaration."""
    found = {}
    for verdict in outcome.verdicts:
        declared = verdict.candidate.project.get("step_types") or {}
        workflow = verdict.checked.workflow
        if not declared or workflow is None:
            continue
        for name in _step_types(workflow):
            if name in declared and name not in BUILTIN_STEP_TYPES:
                found[name] = digest_of(declared[name])
    return found


def _step_types(workflow: Workflow) -> Iterator[str]:
    for inner in build_graph(workflow, Registry()).walk():
        for node in inner.nodes.values():
            if isinstance(node.step, UsesStep):
                yield node.step.uses
                if node.step.compensate is not None:
                    yield node.step.compensate.uses
