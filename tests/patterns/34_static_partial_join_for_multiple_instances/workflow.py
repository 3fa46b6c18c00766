from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import approve, ends, workflow


@workflow(name="static-partial-join-for-multiple-instances")
def static_partial_join_for_multiple_instances() -> None:
    discount = approve(
        role="manager", quorum=2, title="Give the discount?", timeout="1d", default="rejected"
    )
    with discount.approved:
        print_ = task_assign.options(id="print")(role="desk", due="1d", title="Print the offer")
    ends(given=print_.ok, refused=discount.rejected)
