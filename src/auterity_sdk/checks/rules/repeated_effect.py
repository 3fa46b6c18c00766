"""The rule `repeated-effect`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.workflow.step import UsesStep


@rule("AUT602", Severity.WARNING)
def repeated_effect(subject: Subject) -> Found:
    """A step that may act twice is retried.

    ## What it checks

    `retry` on steps that are not idempotent: an attempt of theirs cannot be repeated without a second effect.
    A step type is where its author says so, or where it declares no effect; `http.request` is with a method that may
    be repeated (GET, HEAD, PUT, DELETE), or where the other side honours its `Idempotency-Key`.

    ## Why it matters

    When an answer is lost on the way, the second attempt does the thing again: a second text, a second
    order.

    ## Example

        auterity: 1
        name: demo
        steps:
          book:
            uses: http.request
            with: {url: "https://parts.example/orders", method: POST}
            retry: {attempts: 3}

    ## Instead

        auterity: 1
        name: demo
        steps:
          book:
            uses: http.request
            with: {url: "https://parts.example/orders", method: POST, honours_key: true}
            retry: {attempts: 3}
    """
    for node in subject.nodes():
        step, signature = node.step, node.signature
        retry = step.retry if isinstance(step, UsesStep) else None
        if signature and node.may_be_uncertain and retry and retry.attempts > 1:
            yield Finding(
                f"`{signature.name}` may act twice when it is tried again",
                Location((*node.path, "retry"), "key"),
                help=("use `attempts: 1`, or let the type pass the idempotency key on",),
            )
