"""REL: what makes a process lose, repeat or forget something."""

from __future__ import annotations

from auterity_sdk.checks.law.habits import (
    DEDUPLICATED,
    EndlessAnswer,
    NoDisposition,
    OfLeads,
    RetriedEffect,
)
from auterity_sdk.checks.law.must import Must, Required
from auterity_sdk.checks.law.rule import law
from auterity_sdk.diagnostics import Severity
from auterity_sdk.workflow.demand import MISSING_FACT, Pattern

RULES = (
    law(MISSING_FACT, "missing-fact", Required()),
    law(
        "REL001",
        "unbounded-human-wait",
        EndlessAnswer(),
        severity=Severity.WARNING,
        silences=("AUT601", "AUT607"),
    ),
    law(
        "REL002",
        "non-idempotent-retry",
        RetriedEffect(("send", "write", "credit.pull", "credit.submit")),
        silences=("AUT602",),
    ),
    law(
        "REL003",
        "duplicate-lead-trigger",
        OfLeads(Must("a message to a lead", Pattern("send"), (DEDUPLICATED,))),
        severity=Severity.WARNING,
        silences=("AUT605",),
    ),
    law("REL004", "missing-disposition", NoDisposition(), severity=Severity.WARNING),
)
