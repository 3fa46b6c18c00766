from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import workflow


@workflow(name="interleaved-parallel-routing")
def interleaved_parallel_routing(lift: str) -> None:
    brakes = task_assign.options(lock=lift)(role="technician", due="1d", title="Inspect the brakes")
    with brakes.ok:
        road_test = task_assign.options(lock=lift)(role="technician", due="1d", title="Drive it")
    tires = task_assign.options(lock=lift)(role="technician", due="1d", title="Inspect the tires")
