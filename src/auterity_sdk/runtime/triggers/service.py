"""The workflows that a worker serves: those of files that have triggers, with each trigger ready to fire."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from auterity_sdk.checks.check import Checked
from auterity_sdk.diagnostics import Severity
from auterity_sdk.errors import AuterityError, InvalidWorkflow, UsageError
from auterity_sdk.runs.triggers import TriggerPlan, compile_trigger
from auterity_sdk.runtime.firings import Served
from auterity_sdk.runtime.loader import PYTHON, check_file
from auterity_sdk.runtime.project import Project, read, workflow_files
from auterity_sdk.runtime.run_input import is_named
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.scope import Scopes
from auterity_sdk.workflow.trigger import Trigger


class Service(Struct, frozen=True, eq=False):
    """One trigger that a worker serves. `key` is the same for the same trigger in every process and version."""

    key: str
    workflow: Workflow
    scopes: Scopes
    plan: TriggerPlan

    @property
    def name(self) -> str:
        """The workflow's name."""
        return self.workflow.name

    @property
    def served(self) -> Served:
        """As the store knows it."""
        return Served(self.key, self.name, self.plan.event)


def services_of(workflow: Workflow, scopes: Scopes, *, webhooks: bool = False) -> list[Service]:
    """The triggers of a workflow that fire here; its checks have passed. `webhooks`: something here takes requests.

    Raises `InvalidWorkflow`.
    """
    found, times = [], Counter[str]()
    for index, trigger in enumerate(workflow.triggers):
        if trigger.webhook is not None and not webhooks:
            continue
        what = _what_fires(trigger)
        ready = _with_lead(trigger, workflow)
        plan = compile_trigger(ready, ("triggers", index), scopes, scopes.graph)
        found.append(Service(_key(workflow.name, what, times[what]), workflow, scopes, plan))
        times[what] += 1
    return found


def _with_lead(trigger: Trigger, workflow: Workflow) -> Trigger:
    """Of an ADF document the lead goes into the workflow's one input of type Lead, unless `input` says otherwise."""
    if trigger.webhook is None or trigger.webhook.format != "adf" or trigger.input:
        return trigger
    leads = [name for name, written in workflow.input.items() if is_named(written, "Lead")]
    if len(leads) != 1:
        return trigger
    return trigger.model_copy(update={"input": {leads[0]: "${event.lead}"}})


def services_in(
    places: Iterable[Path], project: Project, problem: Callable[[AuterityError], None] | None = None
) -> list[Service]:
    """The triggers that fire on this machine of the workflows in files and folders.

    `InvalidWorkflow`, which names file and line, speaks of a workflow with errors and of two of one name (nobody would
    know which is meant), `UsageError` of a file that cannot be read. They are raised, or with a `problem` given to it:
    then the others are served.
    """
    found: dict[str, tuple[Path, list[Service]]] = {}
    for file in workflow_files(tuple(places)):
        try:
            for services in _of_file(file, project):
                known = found.setdefault(services[0].name, (file, services))
                if known[0] != file:
                    raise _two_of(services[0].name, known[0], file)
        except (InvalidWorkflow, UsageError) as error:
            if problem is None:
                raise
            problem(error)
    return [service for _, services in found.values() for service in services]


def _of_file(file: Path, project: Project) -> Iterator[list[Service]]:
    if file.suffix == PYTHON or _may_have_triggers(file):
        for checked in check_file(file, project):
            services = _services(checked, file)
            if services:
                yield services


def _two_of(name: str, first: Path, second: Path) -> InvalidWorkflow:
    return InvalidWorkflow(
        f"{second} and {first} are both the workflow `{name}`", help="serve one of them"
    )


def _services(checked: Checked, file: Path) -> list[Service]:
    for found in checked.report.diagnostics:
        if found.severity is Severity.ERROR:
            span = checked.report.source.span(found.location)
            raise InvalidWorkflow(
                f"{file}:{span.line}:{span.column}: {found.code} {found.message}",
                help=f"`auterity validate {file}` shows all; its triggers fire when it has no errors",
            )
    workflow, scopes = checked.workflow, checked.subject.scopes
    return [] if workflow is None or scopes is None else services_of(workflow, scopes)


def _may_have_triggers(file: Path) -> bool:
    """Most files have none, and need no check; of one that cannot be read nobody knows."""
    document = load_document(read(file), file=str(file))
    if any(found.severity is Severity.ERROR for found in document.diagnostics):
        return True
    return isinstance(document.data, dict) and bool(document.data.get("triggers"))


def _what_fires(trigger: Trigger) -> str:
    """What stays the same where somebody changes a trigger's match or input: it is not to fire anew for the past."""
    if trigger.schedule is not None:
        return json.dumps(["schedule", trigger.schedule.cron, trigger.schedule.timezone])
    if trigger.webhook is not None:
        return json.dumps(["webhook", trigger.webhook.path, trigger.webhook.format])
    return json.dumps(["event", trigger.event.type if trigger.event else ""])


def _key(workflow: str, what: str, times: int) -> str:
    text = json.dumps([workflow, what, times])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
