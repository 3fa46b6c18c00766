"""The rule `nullable-value`."""

from __future__ import annotations

from auterity_sdk.checks.facts.expressions import Typed
from auterity_sdk.checks.facts.presence import Presence
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Severity
from auterity_sdk.expression.narrow import NOTHING, Paths, narrow
from auterity_sdk.expression.types import ObjectType
from auterity_sdk.workflow.graph import OUTCOME
from auterity_sdk.workflow.occurrences import Role


@rule("AUT407", Severity.WARNING)
def nullable_value(subject: Subject) -> Found:
    """A field that may be empty is read where a value is needed.

    ## What it checks

    Fields that may be None or left out, such as a customer's phone number, read without `has(…)` before it
    and without `.?`.

    ## Why it matters

    The step fails with `value_absent` for each customer who gave no number.

    ## Example

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          text:
            uses: sms.send
            with: {to: "${input.lead.customer.phone}", body: Hello}

    ## Instead

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          text:
            when: has(input.lead.customer.phone)
            uses: sms.send
            with: {to: "${input.lead.customer.phone}", body: Hello}
    """
    known = subject.presence
    for expression in subject.expressions:
        if expression.compiled is None:
            continue
        present = _present(expression, known)
        told: set[tuple[str, ...]] = set()
        for reference in expression.references:
            found = _uncertain(expression, reference.certain, present | reference.present)
            if (
                found
                and found[0] == OUTCOME
                and not _may_be_unreached(subject, expression, found[1])
            ):
                continue
            if found and found not in told:
                told.add(found)
                name = ".".join(found)
                yield Finding(
                    f"`{name}` may be empty",
                    expression.place(reference.start, reference.end),
                    help=(_help(found),),
                )


def _present(expression: Typed, known: Presence) -> Paths:
    node, role = expression.node, expression.occurrence.role
    if node is None or node.step is None:
        return NOTHING
    found = known.steps.get(node.path, NOTHING)
    if role is not Role.WHEN and node.step.when is not None:
        found = found | narrow(node.step.when).when_true
    if role is Role.CASE and node.path in known.cases:
        found = found | known.cases[node.path][str(expression.occurrence.path[-1])]
    return found


def _uncertain(expression: Typed, path: tuple[str, ...], present: Paths) -> tuple[str, ...] | None:
    """The shortest part of a path whose value may be missing."""
    if not path or path[0] not in expression.scope:
        return None
    owner = expression.scope[path[0]]
    for length, name in enumerate(path[1:], 2):
        field = owner.fields.get(name) if isinstance(owner, ObjectType) else None
        if field is None:
            return None
        if not field.certain and path[:length] not in present:
            return path[:length]
        owner = field.type
    return None


def _may_be_unreached(subject: Subject, expression: Typed, step: str) -> bool:
    """Whether an expression can be read while a step was surely not reached, and so has no outcome."""
    path = expression.occurrence.path
    graph = next((each for each in expression.graphs if step in each.nodes), None)
    witnesses = None if graph is None else subject.witnesses_of(graph)
    if graph is None or witnesses is None:
        return False
    place, *rest = path[len(graph.path) :]
    if place != "steps":
        return False
    reader = graph.nodes[str(rest[0])]
    return witnesses.around(reader.needs, step) is not None


def _help(path: tuple[str, ...]) -> str:
    *owner, name = path
    if owner == ["outcome"]:
        return f"write `outcome.?{name}.orValue('')`: a step that is not reached has no outcome"
    around = ".".join(owner)
    return f"write `{around}.?{name}.orValue(…)`, or ask `has({'.'.join(path)})` before"
