"""Text messages: sent, and read."""

from auterity_sdk.steps.builtin.sms.read_reply import ReadReply, read_reply
from auterity_sdk.steps.builtin.sms.send import SentText, send

__all__ = ["ReadReply", "SentText", "read_reply", "send"]
