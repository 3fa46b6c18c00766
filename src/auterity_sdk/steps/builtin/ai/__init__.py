"""Steps that ask a language model."""

from auterity_sdk.steps.builtin.ai.chat import ChatRound, chat
from auterity_sdk.steps.builtin.ai.classify import Classification, classify
from auterity_sdk.steps.builtin.ai.draft import Drafted, draft
from auterity_sdk.steps.builtin.ai.embed import Embedded, embed
from auterity_sdk.steps.builtin.ai.extract import Extracted, extract
from auterity_sdk.steps.builtin.ai.moderate import Moderated, moderate
from auterity_sdk.steps.builtin.ai.redact import Redacted, redact
from auterity_sdk.steps.builtin.ai.restore import Restored, restore
from auterity_sdk.steps.builtin.ai.retrieve import Retrieved, retrieve
from auterity_sdk.steps.builtin.ai.summarize import Summary, summarize
from auterity_sdk.steps.builtin.ai.tools import ToolRound, tools

__all__ = [
    "ChatRound",
    "Classification",
    "Drafted",
    "Embedded",
    "Extracted",
    "Moderated",
    "Redacted",
    "Restored",
    "Retrieved",
    "Summary",
    "ToolRound",
    "chat",
    "classify",
    "draft",
    "embed",
    "extract",
    "moderate",
    "redact",
    "restore",
    "retrieve",
    "summarize",
    "tools",
]  # fmt: skip
