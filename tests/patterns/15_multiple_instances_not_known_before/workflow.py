from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import (
    FileType,
    approve,
    ends,
    expr,
    for_each,
    more,
    text,
    workflow,
)


@workflow(name="multiple-instances-not-known-before")
def multiple_instances_not_known_before(
    lines: Annotated[Any, FileType({"type": "array", "items": "string"})],
) -> None:

    @for_each(lines, max=20)
    def repaired(line: Any) -> Any:
        done = approve(
            role="technician",
            title=text("Is ", line, " done, and what else was found?"),
            form={"found": {"type": "array", "items": "string"}},
            timeout="1d",
            default="rejected",
        )
        with done.rejected:
            ask = task_assign(role="advisor", due="1d", title=text("Ask about ", line))
        with done.approved:
            bill = task_assign(role="advisor", due="1d", title=text("Bill ", line))
        more(expr("done.?found.orValue([])"))
        return {"line": line}

    with repaired.ok:
        told = task_assign(
            role="advisor",
            due="1d",
            title=text(expr("string(repaired.results.size())"), " lines are done"),
        )
    ends(ready=told.ok)
