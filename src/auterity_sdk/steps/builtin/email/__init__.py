"""E-mail."""

from auterity_sdk.steps.builtin.email.send import SentMail, send

__all__ = ["SentMail", "send"]
