from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import (
    at_least,
    ends,
    event,
    expr,
    receive,
    repeat,
    until,
    workflow,
)


@workflow(name="milestone")
def milestone(deal: str) -> None:

    @repeat(max=100)
    def changes() -> None:
        change = receive("price.changed", match=event.deal == deal)
        with change.received:
            reprice = task_assign(role="desk", due="1d", title="Change the price")
        until(expr("has(change.last) && change.last"))

    signed = receive("contract.signed", match=event.deal == deal)
    with at_least(1, signed.received, changes.cancelled, cancel_rest=True):
        deliver = task_assign(role="sales", due="1d", title="Deliver")
    ends(delivered=deliver.ok, worn_out=changes.exhausted)
