"""Right uses of built-in step types."""

from typing import Any, assert_type

from auterity_sdk.dealership.lead import Lead
from auterity_sdk.steps.builtin.lead.deduplicate import Deduplicated, deduplicate
from auterity_sdk.steps.builtin.lead.score import score
from auterity_sdk.steps.builtin.sms.send import SentText, send
from auterity_sdk.workflow.builder import ends, present, text, workflow
from auterity_sdk.workflow.duration import Duration


@workflow(name="built-in")
def built_in(lead: Lead) -> dict[str, Any]:
    seen = deduplicate(lead=lead, window=Duration.parse("30d"))
    assert_type(seen, Deduplicated)
    with seen.new:
        rated = score(lead)
        assert_type(rated.score >= 50, bool)
    with rated.ok:
        sent = send.options(timeout="1m")(
            to=present(lead.customer.phone), body=text("Hi ", lead.customer.first_name)
        )
        assert_type(sent, SentText)
    ends(duplicate=seen.duplicate, sent=sent.ok)
    return {"message": sent.message_id}
