"""The port for text messages, and what a message costs in segments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Protocol

from auterity_sdk.connections.harmless import e164, harmless_text
from auterity_sdk.errors import StepError

LONGEST_BODY = 1600
"""Characters in one text: what carriers' gateways join to one message at the most."""

# The basic alphabet of GSM 03.38 (3GPP TS 23.038), and what costs two places behind an escape.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text to one phone number in E.164 form. Raises `StepError` of type `bad_input` if it cannot be sent."""

    to: str
    body: str
    purpose: str = "conversational"

    def __post_init__(self) -> None:
        e164(self.to)
        harmless_text(self.body, "the text")
        if not self.body.strip():
            raise StepError("the text is empty", type="bad_input")
        if len(self.body) > LONGEST_BODY:
            raise StepError(
                f"the text is {len(self.body)} characters long, {LONGEST_BODY} at most can be sent",
                type="bad_input",
            )


class TextMessenger(Protocol):
    """Sends texts."""

    async def send_text(self, message: TextMessage, *, key: str, at: datetime) -> str:
        """Send, and give the message's id. A `key` that was used before sends nothing and gives the first id."""
        ...


def segments(body: str) -> int:
    """How many message segments a text is billed as: 160 septets or 70 UTF-16 units, 153 or 67 when joined."""
    if all(character in _GSM or character in _GSM_ESCAPED for character in body):
        size = len(body) + sum(character in _GSM_ESCAPED for character in body)
        return 1 if size <= 160 else ceil(size / 153)
    size = len(body.encode("utf-16-le")) // 2
    return 1 if size <= 70 else ceil(size / 67)
