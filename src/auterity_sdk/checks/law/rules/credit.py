"""CRD and AML: credit, cash and sanctions."""

from __future__ import annotations

from datetime import date

from auterity_sdk.checks.dataflow.labels import LLM
from auterity_sdk.checks.law.eventually import Eventually
from auterity_sdk.checks.law.flows import ComesFrom, NeverFlows
from auterity_sdk.checks.law.habits import SameAgain
from auterity_sdk.checks.law.must import Must
from auterity_sdk.checks.law.rule import READ, Citation, law
from auterity_sdk.dealership.classification import DataClass
from auterity_sdk.diagnostics import Severity
from auterity_sdk.workflow.demand import Needed, Pattern
from auterity_sdk.workflow.duration import Duration

ECOA_TIMES = Citation("12 CFR 202.9", READ, lender="12 CFR 1002.9")
ECOA_BASIS = Citation("12 CFR 202.4-.6", READ, lender="12 CFR 1002.4-.6")
FCRA = Citation("15 USC 1681b", READ)
RISK_BASED = Citation("16 CFR 640", READ, lender="12 CFR 1022.72-.75")
OFAC = Citation("31 CFR 501; EO 13224", READ)
IN_US = {"us": Severity.ERROR}

_MONTH = Duration.parse("30d")
_SUBMIT = Pattern("credit.submit")
_SIGN = Pattern("sign")

RULES = (
    law(
        "CRD001",
        "adverse-action",
        Eventually("adverse_action", _MONTH, "the notice of adverse action"),
        Eventually("counter_offer", Duration.parse("90d"), "the notice after a counter-offer"),
        source=(ECOA_TIMES, Citation("15 USC 1681m(a)", READ)),
        places=IN_US,
    ),
    law(
        "CRD002",
        "incomplete-application",
        Eventually(
            "incomplete_application", _MONTH, "the notice that the application is incomplete"
        ),
        source=(Citation("12 CFR 202.9(c)", READ, lender="12 CFR 1002.9(c)"),),
        places=IN_US,
    ),
    law(
        "CRD003",
        "reasons-from-decision",
        ComesFrom(
            "decision_reasons",
            Pattern("notice.adverse_action"),
            "reasons",
            "what is given as the reasons",
            never=(LLM,),
        ),
        source=(Citation("15 USC 1691(d)", READ),),
        places=IN_US,
    ),
    law(
        "CRD004",
        "rbp-or-score-notice",
        Must("a contract to sign", _SIGN, (Needed("notice.credit_score"), Needed("notice.rbp"))),
        source=(RISK_BASED,),
        places=IN_US,
    ),
    law(
        "CRD005",
        "permissible-purpose",
        Must(
            "a credit report",
            Pattern("credit.pull"),
            (Needed("authorization.credit"), Needed("application.submitted")),
        ),
        source=(FCRA,),
        places=IN_US,
    ),
    law(
        "CRD006",
        "privacy-notice-first",
        Must("an application to a lender", _SUBMIT, (Needed("notice.privacy"),)),
        source=(Citation("16 CFR 313"),),
        severity=Severity.WARNING,
        places={"us": Severity.WARNING},
    ),
    law(
        "CRD007",
        "prohibited-basis",
        NeverFlows(
            (DataClass.PROHIBITED_BASIS.value,),
            Pattern("credit.decide"),
            ("factors",),
            "a credit decision",
            implicit=True,
            advice="a check of the legal age alone may stand in a step of its own",
        ),
        source=(ECOA_BASIS,),
        places=IN_US,
    ),
    law(
        "CRD008",
        "identity-before-pull",
        Must("an application to a lender", _SUBMIT, (Needed("identity.checked"),)),
        source=(Citation("16 CFR 681.1, 641", READ, secondary=True),),
        places={"us": Severity.WARNING},
    ),
    law(
        "CRD009",
        "human-or-notice-for-admt",
        Must(
            "an adverse decision by software",
            Pattern("credit.decline", {"basis": ("automated",)}),
            (Needed("notice.admt"),),
        ),
        Eventually("human_review", _MONTH, "the offer of a review by a person"),
        source=(Citation("Colo. SB 26-189; 11 CCR 7220-7222", READ),),
        places={"us-co": Severity.ERROR, "us-ca": Severity.ERROR, "us": Severity.WARNING},
        since=date(2027, 1, 1),
    ),
    law(
        "CRD010",
        "resubmission",
        SameAgain(_SUBMIT, "an application that is submitted again"),
        source=(FCRA,),
        severity=Severity.WARNING,
        places={"us": Severity.WARNING},
    ),
    law(
        "AML001",
        "form-8300",
        Eventually("form_8300", Duration.parse("15d"), "the sum of twelve months and Form 8300"),
        source=(Citation("31 CFR 1010.330; 26 USC 6050I", READ),),
        places=IN_US,
    ),
    law(
        "AML002",
        "ofac",
        Must("a delivery", Pattern("deliver"), (Needed("ofac.clear"),)),
        Must("a contract to sign", _SIGN, (Needed("ofac.clear"),)),
        source=(OFAC,),
        places=IN_US,
    ),
)
