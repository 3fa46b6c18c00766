"""The step type `task.assign`."""

from __future__ import annotations

from pydantic import AwareDatetime

from auterity_sdk.connections.tasks import Task, TaskList
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect
from auterity_sdk.workflow.duration import Duration


class Assigned(Output):
    """The task that was given to somebody."""

    task_id: str
    due_at: AwareDatetime


@step(
    name="task.assign",
    idempotent=True,
    declares=declare(effects=[effect("assign", text=argument("details"))], passes=()),
)
async def assign(
    context: StepContext,
    role: str,
    title: str,
    due: Duration,
    details: str = "",
    connection: str | None = None,
) -> Assigned:
    """Give people of a role something to do, until `due` from now.

    Control and hidden characters are taken out of the texts, so that a strange name cannot lose the task.
    """
    task = Task(role=role, title=title, details=details, due_at=context.now + due.timedelta)
    tasks = context.connections.get(TaskList, connection)
    made = await tasks.assign(task, key=context.idempotency_key, at=context.now)
    return Assigned(task_id=made, due_at=context.now + due.timedelta)
