"""The rule `cached-effect`."""

from __future__ import annotations

from auterity_sdk.checks.dataflow.values import effects_of
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.demand import Pattern
from auterity_sdk.workflow.graph import Node
from auterity_sdk.workflow.step import UsesStep

_ACTS = (
    Pattern("send"),
    Pattern("assign"),
    Pattern("write"),
    Pattern("event"),
    Pattern("publish"),
    Pattern("web", {"method": ("POST", "PUT", "PATCH", "DELETE")}),
)


@rule("AUT609")
def cached_effect(subject: Subject) -> Found:
    """A step that is there for its effect may be left out.

    ## What it checks

    `cache` on a step whose type declares that it sends, assigns, publishes or changes something, or that it ends
    a fact; on one that may not act twice and declares no more; and on a step with `compensate`.

    ## Why it matters

    With an earlier result nothing is done: the text is not sent, the appointment not written, and there is nothing
    that a compensation could undo.

    ## Example

        auterity: 1
        name: demo
        input: {phone: string}
        steps:
          text:
            uses: sms.send
            with: {to: "${input.phone}", purpose: transactional, body: Your car is ready.}
            cache: {key: input.phone, age: 1d}

    ## Instead

        auterity: 1
        name: demo
        input: {phone: string}
        steps:
          text:
            uses: sms.send
            with: {to: "${input.phone}", purpose: transactional, body: Your car is ready.}
    """
    for node in subject.nodes():
        step = node.step
        if not isinstance(step, UsesStep) or step.cache is None:
            continue
        place = Location((*node.path, "cache"), "key")
        if step.compensate is not None:
            advice = "leave `cache` out, or let a step of its own look the value up"
            yield Finding(
                "what an earlier run did is not this run's to undo", place, help=(advice,)
            )
        elif _acts(node):
            advice = "leave `cache` out; `idempotency_key` keeps a run from being started twice"
            message = f"with an earlier result, `{step.uses}` does nothing"
            yield Finding(message, place, help=(advice,))


def _acts(node: Node) -> bool:
    """Some effect is surely one; a method that only a run will tell is none."""
    if node.signature is None:
        return False
    declared = node.signature.declares
    if declared.withdraws or not (node.signature.idempotent or declared.effects):
        return True
    for effect, details in effects_of(node):
        known = {name: word for name, word in details.items() if word is not None}
        if any(pattern.fits(effect.kind, known) for pattern in _ACTS):
            return True
    return False
