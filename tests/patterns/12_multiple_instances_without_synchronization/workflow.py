from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import FileType, for_each, text, workflow


@workflow(name="multiple-instances-without-synchronization")
def multiple_instances_without_synchronization(
    owners: Annotated[Any, FileType({"type": "array", "items": "string"})],
) -> None:
    recall = task_assign(role="service", due="1d", title="Read the recall")
    with recall.ok:
        file = task_assign(role="service", due="1d", title="File the recall")

        @for_each(owners)
        def notices(owner: Any) -> None:
            notice = task_assign(role="bdc", due="1d", title=text("Write to ", owner))
