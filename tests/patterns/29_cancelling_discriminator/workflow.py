from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import approve, ends, first_of, workflow


@workflow(name="cancelling-discriminator")
def cancelling_discriminator() -> None:
    ann = approve(role="ann", title="Do you take the lead?", timeout="1h", default="rejected")
    bob = approve(role="bob", title="Do you take the lead?", timeout="1h", default="rejected")
    with first_of(ann.approved, bob.approved, cancel_rest=True):
        call = task_assign(role="sales", due="1d", title="Call the customer")
    ends(claimed=call.ok, open=[ann.rejected, bob.rejected])
