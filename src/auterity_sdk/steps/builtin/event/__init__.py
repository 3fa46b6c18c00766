"""Step types of outside events."""

from auterity_sdk.steps.builtin.event.send import Sent, send

__all__ = ["Sent", "send"]
