from typing import Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import expr, for_each, text, workflow


@workflow(name="multiple-instances-known-at-design-time")
def multiple_instances_known_at_design_time() -> None:

    @for_each(expr('["north", "south", "east"]'))
    def bureaus(bureau: Any) -> None:
        pull = task_assign(role="finance", due="1d", title=text("Ask the bureau ", bureau))

    with bureaus.ok:
        decide = task_assign(role="finance", due="1d", title="Decide")
