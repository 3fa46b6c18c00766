from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import FileType, ends, expr, repeat, text, until, workflow


@workflow(name="recursion")
def recursion(trades: Annotated[Any, FileType({"type": "array", "items": "string"})]) -> None:

    @repeat(max=20)
    def chain() -> None:
        appraise = task_assign(
            role="used-cars",
            due="1d",
            title=text("Appraise ", expr("input.trades[index]")),
        )
        until(expr("index + 1 >= size(input.trades)"))

    ends(done=chain.ok, too_long=chain.exhausted)
