"""AIG: what language models may touch."""

from __future__ import annotations

from auterity_sdk.checks.dataflow.labels import LLM
from auterity_sdk.checks.law.content import Carries, Part
from auterity_sdk.checks.law.flows import AskedForByModel, NeverFlows
from auterity_sdk.checks.law.habits import ApprovedAnother, UnmindedFailure
from auterity_sdk.checks.law.rule import READ, Citation, law
from auterity_sdk.dealership.classification import DataClass
from auterity_sdk.diagnostics import Severity
from auterity_sdk.workflow.demand import Pattern

BOT_LAWS = Citation("Cal. BPC 17941; laws of ME, NJ and UT on bots", READ, secondary=True)
WRITTEN = Part("text that a model wrote", r"(?!)", LLM)
SAYS_IT_IS_AI = Part(
    "a word that it is written by AI",
    r"\b(?:AI|automated|virtual|digital) (?:assistant|agent|system)\b|\bwritten by AI\b|\b(?:chat)?bot\b",
    "ai_disclosure",
)
_KINDS = (
    *(
        "commit",
        "write",
        "publish",
        "sign",
        "deliver",
        "perform",
        "share",
        "accept",
        "contract.add",
    ),
    *(
        "credit.pull",
        "credit.submit",
        "credit.decide",
        "credit.decline",
        "transfer_title",
        "resell",
    ),
    *("assign_loaner", "offer_for_sale"),
)
CHANGES = (
    *map(Pattern, _KINDS),
    Pattern("web", {"method": ("POST", "PUT", "PATCH", "DELETE")}),
)
"""Effects that are more than reading, and answering who asked: no model decides on them alone."""

RULES = (
    law(
        "AIG001",
        "ai-disclosure",
        Carries(Pattern("send"), "the message", (SAYS_IT_IS_AI,), once=(WRITTEN,)),
        source=(BOT_LAWS,),
        severity=Severity.WARNING,
        unless=("AIG004",),
    ),
    law(
        "AIG002",
        "llm-cannot-commit",
        NeverFlows((LLM,), Pattern("commit"), ("text", "price"), "an offer that binds"),
        NeverFlows((LLM,), Pattern("write"), ("text",), "a system of record"),
    ),
    law(
        "AIG003",
        "untrusted-drives-tools",
        NeverFlows(
            (DataClass.FREE_TEXT.value,),
            Pattern("llm", {"tools": ("write",)}),
            ("text",),
            "a model whose tools change things",
            advice="let one model read the text into a typed value, and another without it act",
        ),
        AskedForByModel(CHANGES, "nobody approved that it changes things"),
        unless=("PRV002",),
    ),
    law("AIG004", "approval-binds-artifact", ApprovedAnother(LLM, Pattern("send"))),
    law(
        "AIG005",
        "llm-failure-branch",
        UnmindedFailure(Pattern("llm")),
        severity=Severity.WARNING,
    ),
)
