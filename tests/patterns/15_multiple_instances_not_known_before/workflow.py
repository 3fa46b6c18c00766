from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import (
    FileType,
    approve,
    ends,
    expr,
    for_each,
    repeat,
    text,
    until,
    workflow,
)


@workflow(name="multiple-instances-not-known-before")
def multiple_instances_not_known_before(
    lines: Annotated[Any, FileType({"type": "array", "items": "string"})],
) -> None:

    @repeat(max=10)
    def work() -> Any:

        @for_each.options(id="lines")(expr("previous.?lines.orValue(input.lines)"))
        def lines_(line: Any) -> None:
            repair = task_assign(role="technician", due="1d", title=text("Repair ", line))

        with lines_.ok:
            found = approve(
                role="advisor",
                title="What else was found?",
                form={"lines": {"type": "array", "items": "string"}},
                timeout="1d",
                default="rejected",
            )
        with found.done:
            told = task_assign(role="advisor", due="1d", title="Tell the customer")
        until(expr("size(found.?lines.orValue([])) == 0"))
        return {"lines": expr("found.?lines.orValue([])")}

    ends(ready=work.ok, endless=work.exhausted)
