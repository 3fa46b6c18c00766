from typing import Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import (
    ends,
    event,
    expr,
    one_of,
    receive,
    repeat,
    switch,
    until,
    workflow,
)


@workflow(name="arbitrary-cycles")
def arbitrary_cycles(deal: str) -> None:

    @repeat(max=5)
    def haggle() -> Any:
        place = switch(desk=expr('previous.?next.orValue("offer") == "desk"'), offer=True)
        with place.desk:
            desk = task_assign(role="desk", due="1d", title="Find a better price")
        with one_of(place.offer, desk.ok):
            offer = task_assign(role="sales", due="1d", title="Make an offer")
        with offer.ok:
            answer = receive("deal.answered", match=event.deal == deal)
        with answer.received:
            note = task_assign(role="sales", due="1d", title="Write down the answer")
        until(expr('answer.next == "done"'))
        return {"next": answer.next}

    ends(agreed=haggle.ok, apart=haggle.exhausted)
