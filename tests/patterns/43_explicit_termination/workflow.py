from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import approve, ends, first_of, text, workflow


@workflow(name="explicit-termination")
def explicit_termination(claim: str) -> None:
    appraise = approve(
        role="adjuster", title="Can it be repaired?", timeout="7d", default="rejected"
    )
    parts = task_assign(role="parts", due="1d", title="Order the parts")
    rental = task_assign(role="service", due="1d", title="Give the customer a rental")
    with appraise.approved, parts.ok:
        repair = task_assign(role="body-shop", due="1d", title=text("Repair claim ", claim))
    ends(total_loss=first_of(appraise.rejected, cancel_rest=True), repaired=repair.ok)
