"""PRV: personal data."""

from __future__ import annotations

from datetime import date

from auterity_sdk.checks.law.eventually import Eventually
from auterity_sdk.checks.law.flows import NeverFlows
from auterity_sdk.checks.law.must import Must
from auterity_sdk.checks.law.rule import READ, Citation, law
from auterity_sdk.dealership.classification import DataClass
from auterity_sdk.diagnostics import Severity
from auterity_sdk.workflow.demand import Needed, Pattern
from auterity_sdk.workflow.duration import Duration

SAFEGUARDS = Citation("16 CFR 314.4(c)(3), (f)", READ)
NONPUBLIC = (DataClass.CREDIT.value, DataClass.GOVERNMENT_ID.value)
"""What the privacy of finance protects: credit, income, and the numbers that open accounts."""

OUTSIDE_MODEL = Pattern("llm", {"boundary": ("external",)})
IN_US = {"us": Severity.ERROR}
A_WARNING = {"us": Severity.WARNING}

RULES = (
    law(
        "PRV001",
        "npi-to-llm",
        NeverFlows(
            NONPUBLIC,
            OUTSIDE_MODEL,
            ("text", "conversation"),
            "a model outside",
            advice="put a step that redacts it in between, one whose type declares `removes`",
        ),
        source=(SAFEGUARDS,),
        places=IN_US,
    ),
    law(
        "PRV002",
        "free-text-to-llm",
        NeverFlows(
            (DataClass.FREE_TEXT.value,),
            OUTSIDE_MODEL,
            ("text",),
            "a model outside",
            advice="scrub it first: people write their social security number into comments",
        ),
        source=(SAFEGUARDS,),
        severity=Severity.WARNING,
        places=A_WARNING,
    ),
    law(
        "PRV003",
        "npi-in-logs-messages",
        NeverFlows(NONPUBLIC, Pattern("send"), ("text", "subject_line"), "a message"),
        NeverFlows(NONPUBLIC, Pattern("web"), ("text", "url"), "a request to another system"),
        NeverFlows(NONPUBLIC, Pattern("log"), ("text",), "a log"),
        NeverFlows(NONPUBLIC, Pattern("publish"), ("text",), "an advertisement"),
        source=(Citation("16 CFR 314.4(c)(3)", READ),),
        places=IN_US,
    ),
    law(
        "PRV004",
        "retention",
        Eventually("dispose", Duration.parse("730d"), "the disposal of what was kept"),
        source=(Citation("16 CFR 314.4(c)(6)", READ),),
        severity=Severity.WARNING,
        places=A_WARNING,
    ),
    law(
        "PRV005",
        "third-party-share",
        Must("personal data for a partner", Pattern("share"), (Needed("optout.share.clear"),)),
        source=(Citation("16 CFR 313; Cal. Civ. Code 1798.105", READ),),
        severity=Severity.WARNING,
        places=A_WARNING,
    ),
    law(
        "PRV006",
        "dsar-clock",
        Eventually(
            "dsar.acknowledge", Duration.parse("12d"), "a word that the request was received"
        ),
        Eventually(
            "dsar.answer",
            Duration.parse("45d"),
            "the answer to the request",
            sooner={"eu": Duration.parse("30d")},
        ),
        source=(Citation("11 CCR 7021; Cal. Civ. Code 1798.130", READ), Citation("GDPR 12(3)")),
    ),
    law(
        "PRV007",
        "recording-consent",
        Must("a recording", Pattern("record"), (Needed("consent.recording"),)),
        source=(Citation("Cal. Penal Code 632, 632.7", READ),),
        places=IN_US,
    ),
    law(
        "PRV008",
        "breach-branch",
        Eventually("breach", Duration.parse("30d"), "the decision on a notice to the FTC"),
        source=(Citation("16 CFR 314.4(j)", READ),),
        severity=Severity.WARNING,
        places=A_WARNING,
        since=date(2024, 5, 13),
    ),
)
