"""The rule `unknown-queue`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.step import UsesStep


@rule("AUT509")
def unknown_queue(subject: Subject) -> Found:
    """The queue of a step is not known.

    ## What it checks

    That the `queue` of a step is one of the project's settings, `[queues.NAME]`.

    ## Why it matters

    A queue is a limit that somebody relies on: under a name that the settings do not have, there would be none.

    ## Example

        auterity: 1
        name: demo
        steps:
          order:
            uses: http.request
            with: {url: "https://parts.example/stock"}
            queue: parts-desk

    ## Instead

        auterity: 1
        name: demo
        steps:
          order:
            uses: http.request
            with: {url: "https://parts.example/stock"}
    """
    names = subject.catalog.queue_names()
    for node in subject.nodes():
        step = node.step
        if not isinstance(step, UsesStep) or step.queue is None or step.queue in names:
            continue
        near = subject.similar(step.queue, names)
        advice = f"a similar one exists: `{near}`" if near else f"write it as [queues.{step.queue}]"
        message = f"the settings have no queue `{step.queue}`"
        yield Finding(message, Location((*node.path, "queue")), help=(advice,))
