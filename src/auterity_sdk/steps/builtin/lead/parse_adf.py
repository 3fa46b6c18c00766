"""The step type `lead.parse_adf`."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from auterity_sdk.dealership.lead import Lead
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare


class AdfRepair(BaseModel):
    """Something that was mended or guessed: a stable code, words, and how sure it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    message: str
    confidence: Literal["high", "medium", "low"]


class ParsedAdf(Output):
    """What was read. `lead` is the first of `leads`; it is there when the outcome is `parsed`."""

    parsed: ClassVar[Outcome] = Outcome("there is a lead")
    unreadable: ClassVar[Outcome] = Outcome("nobody to answer, or a document that is refused")

    lead: Lead | None = None
    leads: list[Lead] = Field(default_factory=list)
    repairs: list[AdfRepair] = Field(default_factory=list)
    problem: str = ""


@step(name="lead.parse_adf", declares=declare(passes=()))
def parse_adf(context: StepContext, document: str, country: str = "US") -> ParsedAdf:
    """Read the leads of an ADF document, or of an e-mail that holds one.

    A time without an offset is the dealership's own. `country` (ISO 3166) is that of phone numbers without `+`. Entities and documents over 5 MB are refused.
    """
    from auterity_sdk.dealership import adf  # here: a check of a workflow needs no reader

    try:
        found = adf.parse_adf(
            document, received_at=context.now.astimezone(context.zone), region=country
        )
    except (adf.AdfRefused, adf.AdfUnreadable) as error:
        return ParsedAdf.unreadable(ParsedAdf(problem=error.message))
    repairs = [
        AdfRepair(code=repair.code, message=repair.message, confidence=repair.confidence)
        for repair in found.repairs
    ]
    return ParsedAdf.parsed(
        ParsedAdf(lead=found.leads[0], leads=list(found.leads), repairs=repairs)
    )
