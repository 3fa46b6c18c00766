from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import approve, ends, expr, repeat, until, workflow


@workflow(name="structured-loop")
def structured_loop() -> None:

    @repeat(max=4)
    def inspection() -> None:
        repair = task_assign(role="technician", due="1d", title="Repair")
        with repair.ok:
            inspect = approve(role="inspector", timeout="1d", default="rejected")
        until(expr('outcome.inspect == "approved"'))

    ends(passed=inspection.ok, wholesale=inspection.exhausted)
