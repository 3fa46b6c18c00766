from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import (
    FileType,
    event,
    first_of,
    for_each,
    receive,
    text,
    workflow,
)


@workflow(name="complete-multiple-instance-task")
def complete_multiple_instance_task(
    recall: str, cars: Annotated[Any, FileType({"type": "array", "items": "string"})]
) -> None:

    @for_each(cars)
    def campaign(car: Any) -> None:
        repair = task_assign(role="technician", due="1d", title=text("Repair ", car))

    closed = receive("recall.closed", match=event.recall == recall)
    with first_of(campaign.ok, closed.received, cancel_rest=True):
        report = task_assign(role="service", due="1d", title="Write the report")
