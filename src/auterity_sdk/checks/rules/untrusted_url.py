"""The rule `untrusted-url`."""

from __future__ import annotations

from auterity_sdk.checks.law.flows import NeverFlows
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.dealership.classification import DataClass
from auterity_sdk.workflow.demand import Pattern

_FLOW = NeverFlows(
    (DataClass.FREE_TEXT.value,),
    Pattern("web"),
    ("url",),
    "the address of a request",
    advice="pick one of fixed addresses by a `switch`, or send the text in the body",
)


@rule("AUT703")
def untrusted_url(subject: Subject) -> Found:
    """Text that anybody may have written becomes a part of the address of a request.

    ## What it checks

    That no text of the class `free_text` (the comments of a lead, what a `receive` was sent, what another
    system answered) reaches the argument that a step type declares as the `url` of its effect `web`, be it
    through other steps. A step type takes the class away by `removes`.

    ## Why it matters

    Whoever writes the text decides where the request goes, and with it the data and the credentials that it
    carries.

    ## Example

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          look:
            uses: http.request
            with: {url: "https://parts.example/find?text=${input.lead.comments}"}

    ## Instead

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          look:
            uses: http.request
            with: {url: "https://parts.example/find", method: POST, body: {text: "${input.lead.comments}"}}
    """
    if subject.workflow is not None and subject.graph is not None:
        yield from _FLOW.find(subject, "AUT703")
