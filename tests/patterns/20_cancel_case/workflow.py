from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import ends, event, first_of, receive, workflow


@workflow(name="cancel-case")
def cancel_case(deal: str) -> None:
    lost = receive("deal.lost", match=event.deal == deal)
    quote = task_assign(role="finance", due="1d", title="Find a lender")
    recon = task_assign(role="recon", due="1d", title="Make the car ready")
    with quote.ok, recon.ok:
        deliver = task_assign(role="sales", due="1d", title="Deliver the car")
    ends(
        lost=first_of(lost.received, cancel_rest=True),
        delivered=first_of(deliver.ok, cancel_rest=True),
    )
