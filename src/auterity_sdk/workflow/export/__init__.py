"""A workflow as Python source, from which the same workflow is built."""

from auterity_sdk.workflow.export.program import to_python

__all__ = ["to_python"]
