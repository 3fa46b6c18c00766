from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import approve, choose, ends, for_each, workflow


@workflow(name="dynamic-partial-join-for-multiple-instances")
def dynamic_partial_join_for_multiple_instances(
    lenders: list[str], price: int, discount: int
) -> None:
    @for_each(lenders, first=choose(price > 50000, 2, 1))
    def offers(lender: str) -> None:
        task_assign.options(id="ask")(role=lender, due="1d", title="Make an offer")

    with offers.ok:
        desk = approve(
            role="manager",
            quorum=choose(discount > 1000, 2, 1),
            title="Give the discount?",
            timeout="1d",
            default="rejected",
        )
    with desk.approved:
        print_ = task_assign.options(id="print")(role="desk", due="1d", title="Print the offer")
    ends(given=print_.ok, refused=desk.rejected, none=offers.exhausted)
