"""The rule `receive-without-timeout`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.workflow.step import ReceiveStep


@rule("AUT601", Severity.WARNING)
def receive_without_timeout(subject: Subject) -> Found:
    """A `receive` waits without end.

    ## What it checks

    That every `receive` has a `timeout`.

    ## Why it matters

    An answer that never comes leaves the run waiting for ever.

    ## Example

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received}
        ends: {replied: reply.received}

    ## Instead

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received, timeout: 2d}
        ends: {replied: reply.received, silent: reply.timeout}
    """
    for node in subject.nodes():
        if isinstance(node.step, ReceiveStep) and node.step.receive.timeout is None:
            yield Finding(
                f"the step `{node.id}` may wait for ever",
                Location((*node.path, "receive"), "key"),
                help=(f"add a `timeout`, and say by `{node.id}.timeout` what happens then",),
            )
