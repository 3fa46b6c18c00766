from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import approve, ends, one_of, switch, workflow


@workflow(name="dynamic-partial-join-for-multiple-instances")
def dynamic_partial_join_for_multiple_instances(discount: int) -> None:
    size = switch(large=discount > 1000, small=True)
    with size.small:
        one = approve(role="manager", title="Give the discount?", timeout="1d", default="rejected")
    with size.large:
        two = approve(
            role="manager",
            quorum=2,
            title="Give the discount?",
            timeout="1d",
            default="rejected",
        )
    with one_of(one.approved, two.approved):
        print_ = task_assign.options(id="print")(role="desk", due="1d", title="Print the offer")
    ends(given=print_.ok, refused=one_of(one.rejected, two.rejected))
