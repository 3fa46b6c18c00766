"""HTTP requests."""

from auterity_sdk.steps.builtin.http.request import Answer, request

__all__ = ["Answer", "request"]
