"""The port for tasks: work handed to a person of a role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody of `role` is to do, until `due_at` (aware; None: no deadline)."""

    role: str
    title: str
    details: str = ""
    due_at: datetime | None = None


class TaskList(Protocol):
    """Keeps tasks for people."""

    async def assign(self, task: Task, *, key: str, at: datetime) -> str:
        """Add the task, and give its id. A `key` that was used before adds nothing and gives the first id."""
        ...
