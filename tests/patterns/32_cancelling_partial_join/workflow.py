from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import at_least, workflow


@workflow(name="cancelling-partial-join")
def cancelling_partial_join() -> None:
    ann = task_assign(role="appraiser", due="1d", title="Price of Ann")
    auction = task_assign(role="appraiser", due="1d", title="Price of the auction")
    bob = task_assign(role="appraiser", due="1d", title="Price of Bob")
    with at_least(2, ann.ok, bob.ok, auction.ok, cancel_rest=True):
        offer = task_assign(role="desk", due="1d", title="Set the offer")
