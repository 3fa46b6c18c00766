"""The rule `misplaced-secret`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.workflow.occurrences import Role


@rule("AUT702")
def misplaced_secret(subject: Subject) -> Found:
    """A secret is read where it could be written down.

    ## What it checks

    That `secrets.NAME` stands only alone, as the whole of one value in `with`.

    ## Why it matters

    Within a text, a condition or an output its value would enter the journal of the run, or the log of
    another system.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "The key is ${secrets.CRM_KEY}"}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet:
            uses: http.request
            with: {url: "https://crm.example/leads", method: POST, body: "${secrets.CRM_KEY}"}
    """
    for expression in subject.expressions:
        for reference in expression.references:
            if reference.root != "secrets":
                continue
            alone = expression.occurrence.alone and len(reference.path) == 2
            bare = expression.text.strip() == ".".join(reference.path)
            if not (expression.occurrence.role in _ALLOWED and alone and bare):
                yield Finding(
                    "a secret can only be read alone, as the whole of a value in `with`",
                    expression.place(reference.start, reference.end),
                    help=("pass `${secrets.NAME}` alone, and let the step put the parts together",),
                )


_ALLOWED = frozenset({Role.WITH, Role.COMPENSATE})
