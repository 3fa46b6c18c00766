from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import (
    FileType,
    event,
    expr,
    first_of,
    for_each,
    receive,
    size,
    text,
    wait,
    workflow,
)


@workflow(name="complete-multiple-instance-task")
def complete_multiple_instance_task(
    recall: str, cars: Annotated[Any, FileType({"type": "array", "items": "string"})]
) -> None:

    @for_each(cars)
    def campaign(car: Any) -> Any:
        repair = task_assign(role="technician", due="1d", title=text("Repair ", car))
        return {"car": car}

    closed = receive("recall.closed", match=event.recall == recall)
    with first_of(campaign.ok, closed.received, cancel_rest=True):
        over = wait("0s")
    with over.ok:
        done = expr("size(campaign.?results.orValue([]))")
        report = task_assign(
            role="service", due="1d", title=text("Report ", done, " of ", size(cars), " cars")
        )
