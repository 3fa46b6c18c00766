"""The step type `ai.redact`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from auterity_sdk.ai.scrub.scrub import Strategy, scrub
from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare, label

_TAKEN_OUT = tuple(DataClass)


class Redacted(Output):
    """A text without the personal data that rules find in it."""

    text: str
    found: dict[str, int] = Field(default_factory=dict)
    """How often each kind was found, by the names of the STAR standard: `SOCIAL_SECURITY_NUMBER`."""
    originals: Annotated[dict[str, str], Classified(DataClass.GOVERNMENT_ID)] = Field(
        default_factory=dict
    )
    """With `tokenize`: what the tokens stand for. It is as personal as the text was, and sealed in the store."""


@step(
    name="ai.redact",
    declares=declare(
        removes=[each.value for each in _TAKEN_OUT],
        labels=[label(each.value, "originals") for each in _TAKEN_OUT],
    ),
)
async def redact(
    text: str,
    strategy: Literal["redact", "tokenize", "nullify"] = "redact",
    names: list[str] = [],  # noqa: B006 - never changed
    region: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "US",
) -> Redacted:
    """Take personal and credit data out of a text before it goes to a model, by rules on this machine.

    Numbers of the state, cards, accounts, licences, birth dates, incomes, scores, phone numbers, mail and street
    addresses, VINs, and the given `names`. `redact` leaves the kind (`[PHONE_NUMBER]`), `tokenize` one that
    `ai.restore` puts back (`[PHONE_NUMBER_1]`), `nullify` nothing. What no rule knows stays: a name that nobody gave.
    """
    made = scrub(text, Strategy[strategy.upper()], names=names, region=region)
    found: dict[str, int] = {}
    for each in made.found:
        found[each.kind.value] = found.get(each.kind.value, 0) + 1
    return Redacted(text=made.text, found=found, originals=dict(made.originals))
