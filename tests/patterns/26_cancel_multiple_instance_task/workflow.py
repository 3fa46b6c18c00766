from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import (
    FileType,
    ends,
    event,
    first_of,
    for_each,
    receive,
    text,
    workflow,
)


@workflow(name="cancel-multiple-instance-task")
def cancel_multiple_instance_task(
    deal: str, lenders: Annotated[Any, FileType({"type": "array", "items": "string"})]
) -> None:

    @for_each(lenders)
    def calls(lender: Any) -> None:
        ask = task_assign(role="finance", due="1d", title=text("Ask ", lender))

    cash = receive("deal.paid", match=event.deal == deal)
    with first_of(cash.received, calls.cancelled, cancel_rest=True):
        paid = task_assign(role="cashier", due="1d", title="Take the money")
    ends(cash=paid.ok, financed=first_of(calls.ok, cancel_rest=True))
