"""COM: messages and calls."""

from __future__ import annotations

from datetime import date

from auterity_sdk.checks.dataflow.labels import LLM
from auterity_sdk.checks.law.bound import Bound, NotAfter
from auterity_sdk.checks.law.content import Carries, Part
from auterity_sdk.checks.law.eventually import Eventually
from auterity_sdk.checks.law.flows import NeverFlows
from auterity_sdk.checks.law.habits import Stated
from auterity_sdk.checks.law.must import Must
from auterity_sdk.checks.law.rule import READ, Citation, law
from auterity_sdk.diagnostics import Severity
from auterity_sdk.workflow.demand import INBOUND, Needed, Pattern
from auterity_sdk.workflow.duration import Duration

TCPA = Citation("47 CFR 64.1200(a), (f)(9)", READ)
HOURS = Citation("47 CFR 64.1200(c)(1)", READ)
REVOKING = Citation("47 CFR 64.1200(a)(10)-(12)", READ)
CAN_SPAM = Citation("15 USC 7704(a); 16 CFR 316.5", READ)

MARKETING_TEXT = Pattern("send", {"channel": ("sms",), "purpose": ("marketing",)})
MARKETING_CALL = Pattern("send", {"channel": ("sms", "voice"), "purpose": ("marketing",)})
TALK = Pattern("send", {"channel": ("sms", "voice"), "purpose": ("conversational",)})
MARKETING = Pattern("send", {"purpose": ("marketing",)})
MARKETING_MAIL = Pattern("send", {"channel": ("email",), "purpose": ("marketing",)})
HOURS_OK = Needed("hours.ok")
ANSWER = Needed(INBOUND, of_subject=False)
_CONSENT = {"purpose": ("marketing",)}

URGENCY = Part(
    "a claim of urgency or of a discount",
    r"last chance|expires? (?:today|tonight|soon)|ends (?:today|tonight)|only today|final hours?|\d+ ?% off",
)
PROMOTION = Part(
    "promotion",
    r"\b(?:on sale|sale (?:ends|event|price)|special offer|discount|coupon|save \$|\d+ ?% off|limited time)",
)
UNSUBSCRIBE = Part("a way to unsubscribe", r"unsubscribe|opt[ -]?out", "unsubscribe_link")
POSTAL = Part(
    "the dealer's postal address",
    r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b|\bP\.? ?O\.? Box \d+",
    "postal_address",
)

RULES = (
    law(
        "COM001",
        "sms-marketing-needs-consent",
        Must(
            "a marketing text",
            MARKETING_TEXT,
            (Needed("consent", {"channel": ("sms",), **_CONSENT}),),
        ),
        source=(TCPA, Citation("Fla. Stat. 501.059", READ, secondary=True)),
        places={"us": Severity.ERROR},
    ),
    law(
        "COM002",
        "quiet-hours",
        Must("a marketing message", MARKETING_CALL, (HOURS_OK,), stale=False),
        Must("a message that is no answer", TALK, (HOURS_OK, ANSWER), stale=False),
        source=(HOURS,),
        places={"us": Severity.ERROR},
    ),
    law(
        "COM003",
        "stale-gate",
        Must("a marketing message", MARKETING_CALL, (HOURS_OK,), stale=True),
        Must("a message that is no answer", TALK, (HOURS_OK, ANSWER), stale=True),
        source=(HOURS,),
        places={"us": Severity.ERROR},
    ),
    law(
        "COM004",
        "optout-recheck",
        Must(
            "a marketing message",
            MARKETING,
            (Needed("optout.clear"),),
            aside_from_stop="opt_out",
        ),
        source=(REVOKING, CAN_SPAM),
        unless=("COM001",),
    ),
    law(
        "COM005",
        "optout-honoured-in-time",
        Eventually("opt_out", Duration.parse("12d"), "keeping the opt-out on record"),
        source=(REVOKING, CAN_SPAM),
    ),
    law(
        "COM006",
        "no-message-after-stop",
        NotAfter(
            "opt_out",
            Pattern("send", {"purpose": ("marketing", "conversational")}),
            "a message that confirms nothing",
        ),
        source=(Citation("47 CFR 64.1200(a)(12)", READ),),
        since=date(2025, 4, 11),
    ),
    law(
        "COM007",
        "dnc-scrub",
        Must(
            "a cold call or text",
            MARKETING_CALL,
            (Needed("dnc.clear"), Needed("consent", _CONSENT), Needed("ebr")),
        ),
        source=(Citation("47 CFR 64.1200(c)(2), (f)(5); 16 CFR 310.4(b)", READ),),
        places={"us": Severity.ERROR},
        unless=("COM001",),
    ),
    law(
        "COM008",
        "frequency-cap",
        Bound(
            Pattern(
                "send", {"channel": ("voice", "sms"), "purpose": ("marketing", "conversational")}
            ),
            3,
            Duration.parse("24h"),
            "calls and texts",
        ),
        source=(Citation("Fla. Stat. 501.616(6)(b)", READ),),
        places={
            "us": Severity.WARNING,
            "us-fl": Severity.ERROR,
            "us-ok": Severity.ERROR,
            "us-md": Severity.ERROR,
        },
    ),
    law(
        "COM009",
        "artificial-voice",
        Must(
            "a call with an artificial voice",
            Pattern("send", {"channel": ("voice",), "voice": ("artificial",)}),
            (Needed("consent.artificial_voice"),),
        ),
        source=(Citation("FCC 24-17 (2024-02-08)", READ),),
        places={"us": Severity.ERROR},
        since=date(2024, 2, 8),
    ),
    law(
        "COM010",
        "email-footer",
        Carries(MARKETING_MAIL, "the marketing mail", (UNSUBSCRIBE, POSTAL)),
        source=(Citation("15 USC 7704(a)(3), (5)"),),
        places={"us": Severity.WARNING},
    ),
    law(
        "COM011",
        "subject-line",
        Carries(MARKETING_MAIL, "the subject", never=(URGENCY,), roles=("subject_line",)),
        NeverFlows(
            (LLM,), Pattern("send", {"channel": ("email",)}), ("subject_line",), "the subject"
        ),
        source=(Citation("RCW 19.190.020(1)(b); 15 USC 7704(a)(2)", READ, secondary=True),),
        severity=Severity.WARNING,
    ),
    law(
        "COM012",
        "10dlc-campaign",
        Stated(
            Pattern("send", {"channel": ("sms",)}),
            "campaign",
            "which registered campaign it belongs to",
        ),
        source=(Citation("carriers' rules on 10DLC", READ, secondary=True),),
        severity=Severity.WARNING,
        places={"us": Severity.WARNING},
        since=date(2025, 2, 1),
    ),
    law(
        "COM013",
        "casl-expiry",
        Must("a marketing message to Canada", MARKETING, (Needed("consent.ca"),)),
        source=(Citation("S.C. 2010 c. 23, s. 6, 10", READ),),
        places={"ca": Severity.ERROR},
    ),
    law(
        "COM014",
        "area-code-only-tz",
        Must(
            "a message",
            Pattern("send", {"channel": ("sms", "voice"), "purpose": ("marketing",)}),
            (Needed("hours.ok", {"zones": ("all",)}),),
        ),
        source=(Citation("47 CFR 64.1200(c)(1); states' tables", READ, secondary=True),),
        severity=Severity.WARNING,
        places={"us": Severity.WARNING},
        unless=("COM002", "COM003"),
    ),
    law(
        "COM015",
        "sms-mixed-purpose",
        Carries(
            Pattern("send", {"channel": ("sms",), "purpose": ("transactional",)}),
            "the transactional text",
            never=(PROMOTION,),
        ),
        source=(TCPA,),
        severity=Severity.WARNING,
        places={"us": Severity.WARNING},
    ),
    law(
        "COM016",
        "review-gating",
        NeverFlows(
            ("sentiment",),
            Pattern("review.request"),
            (),
            "the request for a public review",
            implicit=True,
            advice="ask everybody in the same way",
        ),
        source=(Citation("16 CFR 465; FTC Act section 5", READ),),
        severity=Severity.WARNING,
        places={"us": Severity.WARNING},
    ),
)
