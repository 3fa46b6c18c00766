"""Tasks for people."""

from auterity_sdk.steps.builtin.task.assign import Assigned, assign

__all__ = ["Assigned", "assign"]
