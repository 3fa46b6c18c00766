"""The rule `secret-in-call`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.workflow.occurrences import Role
from auterity_sdk.workflow.step import CallStep


@rule("AUT704")
def secret_in_call(subject: Subject) -> Found:
    """A secret is passed to another workflow.

    ## What it checks

    That no value in the `with` of a `call` is `${secrets.NAME}`.

    ## Why it matters

    The input of a child run is written in its journal, and any of its expressions may read it: a condition, a text, an
    output. A secret is put in only where a step type is called.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet: {call: lead-child, with: {name: "${secrets.CRM_KEY}"}}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet:
            uses: http.request
            with: {url: "https://crm.example/leads", method: POST, body: "${secrets.CRM_KEY}"}
    """
    calls = {(*node.path, "with") for node in subject.nodes() if isinstance(node.step, CallStep)}
    for expression in subject.expressions:
        found = expression.occurrence
        inside = any(found.path[: len(path)] == path for path in calls)
        if found.role is not Role.WITH or not inside:
            continue
        for reference in expression.references:
            if reference.root == "secrets":
                yield Finding(
                    "a secret cannot be passed to another workflow",
                    expression.place(reference.start, reference.end),
                    help=("let the called workflow read it itself, alone in the `with` of a step",),
                )
