"""The rule `unknown-workflow`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.called import Called
from auterity_sdk.workflow.canonical import version
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.signature import Catalog
from auterity_sdk.workflow.step import CallStep


@rule("AUT507")
def unknown_workflow(subject: Subject) -> Found:
    """A called workflow is not known.

    ## What it checks

    That `call` names a workflow of this project; by `name@version`, that there is that version: in the project's
    folders, or in its store, which keeps the versions of its runs.

    ## Why it matters

    There would be nothing to start.

    ## Example

        auterity: 1
        name: demo
        steps:
          appraise: {call: trade-in-apraisal}

    ## Instead

        auterity: 1
        name: demo
        steps:
          appraise:
            uses: task.assign
            with: {role: sales, due: 1d, title: Appraise the trade-in}
    """
    own = subject.workflow.name if subject.workflow else ""
    for node in subject.nodes():
        step = node.step
        if not isinstance(step, CallStep) or step.call == own:
            continue
        if subject.catalog.called_workflow(step.call) is None:
            message, advice = _lacking(step.call, subject.catalog)
            yield Finding(message, Location((*node.path, "call")), help=(advice,))


def _lacking(call: str, catalog: Catalog) -> tuple[str, str]:
    called = Called.read(call)
    present = catalog.called_workflow(called.name)
    if not called.is_readable:
        return f"`{called.version}` is no version", "write 8 or more hex digits of its SHA-256"
    if present is None:
        return f"there is no workflow `{call}`", "write the `name` of a workflow of this project"
    now = version(present, build_graph(present, catalog))
    return f"there is no version `{called.version}` of `{called.name}`", f"it is at {now[:12]} now"
