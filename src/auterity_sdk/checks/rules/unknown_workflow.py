"""The rule `unknown-workflow`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.step import CallStep


@rule("AUT507")
def unknown_workflow(subject: Subject) -> Found:
    """A called workflow is not known.

    ## What it checks

    That `call` names a workflow of this project.

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
    for node in subject.nodes():
        step = node.step
        if not isinstance(step, CallStep) or subject.catalog.called_workflow(step.call) is not None:
            continue
        own = subject.workflow.name if subject.workflow else ""
        if step.call.partition("@")[0] != own:
            yield Finding(
                f"there is no workflow `{step.call}`",
                Location((*node.path, "call")),
                help=("write the `name` of a workflow of this project",),
            )
