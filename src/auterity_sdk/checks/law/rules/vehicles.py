"""ADV, VEH and SVC: advertising, vehicles, service work."""

from __future__ import annotations

from datetime import date

from auterity_sdk.checks.law.content import Carries, Part
from auterity_sdk.checks.law.eventually import Eventually
from auterity_sdk.checks.law.flows import ComesFrom, NeverFlows
from auterity_sdk.checks.law.must import Must
from auterity_sdk.checks.law.rule import READ, Citation, law
from auterity_sdk.diagnostics import Severity
from auterity_sdk.workflow.demand import Needed, Pattern
from auterity_sdk.workflow.duration import Duration

IN_US = {"us": Severity.ERROR}
A_WARNING = {"us": Severity.WARNING}
FTC = Citation("FTC Act section 5; 97 letters of 2026-03-13", READ, secondary=True)
CARS = Citation("Cal. SB 766, Stats. 2025 c. 354", READ, secondary=True)
PUBLISHED = Pattern("publish")

PAYMENT = Part("a payment", r"\$ ?[\d,]+ ?(?:/|per|a) ?mo", "payment")
DOWN = Part(
    "a down payment", r"\$ ?[\d,]+ down|\d+ ?% down|no money down|down payment", "down_payment"
)
APR = Part("the annual percentage rate", r"\bAPR\b|annual percentage rate", "apr")
TERM = Part("the terms of repayment", r"\b\d+ (?:monthly payments|months|mo\.)", "term")
LEASE = Part("a lease payment", r"\blease\b.*\$|\$.*\blease\b", "lease_payment")
AT_SIGNING = Part("what is due at signing", r"due at signing", "due_at_signing")

RULES = (
    law(
        "ADV001",
        "tila-trigger",
        Carries(
            Pattern("publish", {"offer": ("credit",)}),
            "the advertisement",
            (APR, TERM, DOWN),
            once=(PAYMENT, DOWN),
        ),
        source=(Citation("12 CFR 226.24(d)", READ, lender="12 CFR 1026.24(d)"),),
        places=IN_US,
    ),
    law(
        "ADV002",
        "lease-trigger",
        Carries(
            Pattern("publish", {"offer": ("lease",)}),
            "the advertisement",
            (AT_SIGNING, TERM),
            once=(LEASE, PAYMENT),
        ),
        source=(Citation("12 CFR 213.7(d); 1013.7(d)", READ, secondary=True),),
        places=A_WARNING,
    ),
    law(
        "ADV003",
        "total-price",
        ComesFrom("price.total", PUBLISHED, "price", "the price"),
        source=(FTC, CARS, Citation("940 CMR 38")),
        places=A_WARNING,
        unless=("ADV005",),
    ),
    law(
        "ADV004",
        "sold-unit-feed",
        Eventually("withdraw", Duration.parse("24h"), "taking the car out of every feed"),
        source=(FTC,),
        places=A_WARNING,
    ),
    law(
        "ADV005",
        "conditional-rebate",
        NeverFlows(("conditional_rebate",), PUBLISHED, ("price",), "the price that everybody sees"),
        source=(FTC,),
        places=A_WARNING,
    ),
    law(
        "ADV006",
        "addon-consent",
        Must("an add-on in a contract", Pattern("contract.add"), (Needed("consent.addon"),)),
        source=(CARS, Citation("FTC Act section 5")),
        places=A_WARNING,
    ),
    law(
        "VEH001",
        "buyers-guide",
        Must(
            "a used car that is offered",
            Pattern("offer_for_sale", {"condition": ("used",)}),
            (Needed("buyers_guide"),),
        ),
        source=(Citation("16 CFR 455.2, .3, .5", READ),),
        places=IN_US,
    ),
    law(
        "VEH002",
        "odometer",
        Must(
            "a title that changes hands",
            Pattern("transfer_title"),
            (Needed("disclosure.odometer"), Needed("odometer.exempt")),
        ),
        source=(Citation("49 CFR 580.5, .17", READ),),
        places=IN_US,
    ),
    law(
        "VEH003",
        "recall-new-and-loaner",
        Must(
            "a new car that is delivered",
            Pattern("deliver", {"condition": ("new",)}),
            (Needed("recall.clear"),),
        ),
        Must("a loaner", Pattern("assign_loaner"), (Needed("recall.clear"),)),
        source=(Citation("49 USC 30120(i); Safe Rental Car Act (2016)", READ),),
        places=IN_US,
    ),
    law(
        "VEH004",
        "recall-used-disclose",
        Must(
            "a used car that is delivered",
            Pattern("deliver", {"condition": ("used",)}),
            (Needed("recall.clear"), Needed("recall.disclosed")),
        ),
        source=(FTC,),
        places=A_WARNING,
    ),
    law(
        "VEH005",
        "model-level-recall-as-vin",
        NeverFlows(
            ("model_level_recall",),
            Pattern("send"),
            ("text",),
            "a message about one vehicle",
            advice="look the VIN up: a campaign of the model need not be open for this car",
        ),
    ),
    law(
        "VEH006",
        "cancel-right",
        Must("a step that cannot be undone", Pattern("resell"), (Needed("cancel_right.over"),)),
        source=(CARS,),
        places={"us-ca": Severity.WARNING},
        since=date(2026, 10, 1),
    ),
    law(
        "VEH007",
        "payoff-title-clock",
        Eventually("payoff", Duration.parse("21d"), "the payoff of the lien"),
        source=(Citation("Cal. Veh. Code 11709.4, 4456", READ),),
        places={"us-ca": Severity.ERROR},
    ),
    law(
        "SVC001",
        "extra-work-authorised",
        Must("work on a car", Pattern("perform"), (Needed("authorization.repair"),)),
        source=(Citation("Cal. B&P Code 9884.9; 16 CCR 3353.1", READ),),
        places={"us-ca": Severity.ERROR, "us": Severity.WARNING},
    ),
)
