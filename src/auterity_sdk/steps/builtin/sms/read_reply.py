"""The step type `sms.read_reply`."""

from __future__ import annotations

import re
from typing import ClassVar

from auterity_sdk.dealership.revocation import is_revocation
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare, duty

_YES = frozenset(
    (
        "y",
        "yes",
        "yeah",
        "yep",
        "yup",
        "ok",
        "okay",
        "sure",
        "c",
        "confirm",
        "confirmed",
        "1",
        "si",
        "sí",
        "sí",
    )
)
_NO = frozenset(("n", "no", "nope", "r", "reschedule", "change", "2"))
_COURTESY = frozenset(
    ("please", "thanks", "thank", "you", "thx", "see", "then", "i", "will", "be", "there")
)


class ReadReply(Output):
    """What a customer's answer means."""

    yes: ClassVar[Outcome] = Outcome("agrees, or confirms")
    no: ClassVar[Outcome] = Outcome("refuses, or wants another time")
    stop: ClassVar[Outcome] = Outcome("wants no more messages: write it down with consent.record")
    unclear: ClassVar[Outcome] = Outcome("a person should read it")


@step(
    name="sms.read_reply",
    declares=declare(raises=[duty("opt_out", on="stop")], passes=()),
)
async def read_reply(text: str) -> ReadReply:
    """Tell yes, no and stop from an answer that a person has to read.

    Only a bare answer counts (`Yes`, `C`, `ok thanks`, `2`, `Reschedule please`); with anything else in it, it is
    `unclear`. A request to stop is seen anywhere: `cancel` is one by 47 CFR 64.1200(a)(10), whatever was asked.
    """
    if is_revocation(text):
        return ReadReply.stop(ReadReply())
    said = set(re.findall(r"\w+", text.casefold())) - _COURTESY
    if said and said <= _YES:
        return ReadReply.yes(ReadReply())
    if said and said <= _NO:
        return ReadReply.no(ReadReply())
    return ReadReply.unclear(ReadReply())
