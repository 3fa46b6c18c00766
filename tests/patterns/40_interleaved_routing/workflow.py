from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import workflow


@workflow(name="interleaved-routing")
def interleaved_routing(technician: str) -> None:
    lights = task_assign.options(lock=technician)(
        role="technician", due="1d", title="Check the lights"
    )
    oil = task_assign.options(lock=technician)(role="technician", due="1d", title="Check the oil")
    tires = task_assign.options(lock=technician)(
        role="technician", due="1d", title="Check the tires"
    )
    with oil.ok, lights.ok, tires.ok:
        report = task_assign(role="advisor", due="1d", title="Tell the customer")
