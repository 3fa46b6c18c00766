from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import FileType, ends, for_each, text, workflow


@workflow(name="cancelling-partial-join-for-multiple-instances")
def cancelling_partial_join_for_multiple_instances(
    lenders: Annotated[Any, FileType({"type": "array", "items": "string"})],
) -> None:

    @for_each(lenders, first=2)
    def quotes(lender: Any) -> None:
        ask = task_assign(role="finance", due="1d", title=text("Ask ", lender))

    with quotes.ok:
        desk = task_assign(role="desk", due="1d", title="Work the deal")
    ends(worked=desk.ok, too_few=quotes.exhausted)
