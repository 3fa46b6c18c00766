"""The rule `no-heartbeat`."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.workflow.graph import Node
from auterity_sdk.workflow.signature import Signature
from auterity_sdk.workflow.step import CallStep, Retry, UsesStep


@rule("AUT608", Severity.WARNING)
def no_heartbeat(subject: Subject) -> Found:
    """Heartbeats are waited for of a step type that gives none.

    ## What it checks

    `retry.heartbeat` on step types whose function never calls `context.heartbeat(…)`; none of the built-in ones does.

    ## Why it matters

    Each attempt that takes longer is told to stop, though it may be well. What bounds an attempt is `retry.timeout`.

    ## Example

        auterity: 1
        name: demo
        steps:
          load:
            uses: http.request
            with: {url: "https://stock.example/all"}
            retry: {attempts: 3, heartbeat: 30s}

    ## Instead

        auterity: 1
        name: demo
        steps:
          load:
            uses: http.request
            with: {url: "https://stock.example/all"}
            retry: {attempts: 3, timeout: 30s}
    """
    for node in subject.nodes():
        for retry, signature, place in _retries(subject, node):
            if retry and retry.heartbeat and signature and not signature.beats:
                yield Finding(
                    f"`{signature.name}` gives no heartbeat",
                    Location((*node.path, *place, "heartbeat"), "key"),
                    help=("use `timeout`, or let the step type call `context.heartbeat(…)`",),
                )


def _retries(
    subject: Subject, node: Node
) -> Iterator[tuple[Retry | None, Signature | None, tuple[str, ...]]]:
    step = node.step
    if isinstance(step, UsesStep):
        yield step.retry, node.signature, ("retry",)
    undo = step.compensate if isinstance(step, UsesStep | CallStep) else None
    if undo is not None:
        yield undo.retry, subject.catalog.signature(undo.uses), ("compensate", "retry")
