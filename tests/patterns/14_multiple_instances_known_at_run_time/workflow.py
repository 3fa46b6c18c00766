from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import FileType, for_each, text, workflow


@workflow(name="multiple-instances-known-at-run-time")
def multiple_instances_known_at_run_time(
    vehicles: Annotated[Any, FileType({"type": "array", "items": "string"})],
) -> None:

    @for_each(vehicles)
    def appraisals(vehicle: Any) -> None:
        appraise = task_assign(role="used-cars", due="1d", title=text("Appraise ", vehicle))

    with appraisals.ok:
        offer = task_assign(role="desk", due="1d", title="Make one offer for all")
