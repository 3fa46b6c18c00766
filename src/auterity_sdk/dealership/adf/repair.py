"""What the reader had to mend or guess, so that the sender can be told: one stable code for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Confidence = Literal["high", "medium", "low"]
"""How sure it is that the lead still says what its sender meant."""

_MOST = 500

REPAIRS: Mapping[str, str] = MappingProxyType(
    {
        "ADF001": "blanks or a byte order mark before the document",
        "ADF002": "the XML declaration or the ADF instruction is misplaced or misspelt",
        "ADF003": "an attribute's value without quotes",
        "ADF004": "typographic quotes around an attribute's value",
        "ADF005": "an ampersand that is not escaped",
        "ADF006": "an HTML entity that XML does not know",
        "ADF007": "not well-formed XML, read by its tags alone",
        "ADF008": "no ADF at all, only a name and an address picked out of a text",
        "ADF009": "no adf element around the prospect",
        "ADF010": "a namespace that ADF does not have",
        "ADF011": "names in upper or mixed case",
        "ADF012": "ADF inside another text",
        "ADF013": "ADF with its tags escaped",
        "ADF014": "control or invisible characters, removed",
        "ADF015": "bytes that are not in the declared character encoding",
        "ADF016": "a character reference that XML does not allow",
        "ADF101": "a time without an offset from UTC",
        "ADF102": "a time in another form than ISO 8601's",
        "ADF103": "a time that cannot be read",
        "ADF104": "no requestdate",
        "ADF201": "no vehicle",
        "ADF202": "an empty vehicle, left out",
        "ADF203": "an unknown vehicle status",
        "ADF204": "an unknown interest, read as buy",
        "ADF205": "a trade-in that copies the wanted vehicle, left out",
        "ADF206": "a model year that is none",
        "ADF207": "a VIN of wrong form, or whose check digit is wrong",
        "ADF208": "an odometer unit that ADF does not have",
        "ADF209": "an odometer value that is no number",
        "ADF210": "a price that is no amount",
        "ADF211": "an unknown currency",
        "ADF212": "an unknown condition",
        "ADF213": "a placeholder in place of a value",
        "ADF214": "a text that was cut off",
        "ADF215": "an unknown kind of price or amount",
        "ADF301": "no customer or no contact",
        "ADF302": "no name",
        "ADF303": "a phone number that is none",
        "ADF304": "a phone type that ADF does not have",
        "ADF305": "an e-mail address that is none",
        "ADF306": "neither phone number nor e-mail address",
        "ADF307": "comments where ADF has none",
        "ADF308": "a country that is no ISO 3166 code",
        "ADF401": "no vendor or no vendor name",
        "ADF402": "an element that ADF does not have, or has once, kept in extras",
        "ADF403": "an unknown prospect status, read as new",
        "ADF404": "more than a lead can hold, shortened",
    }
)
"""Every code and what it stands for."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that was not as ADF 1.0 has it. `line` counts from 1 in the document; None if unknown."""

    code: str
    message: str
    line: int | None = None
    confidence: Confidence = "high"


@dataclass(slots=True)
class RepairLog:
    """Collects repairs in order, each once, and no more than anybody would read."""

    found: dict[Repair, None] = field(default_factory=dict)

    def note(
        self,
        code: str,
        line: int | None = None,
        detail: str = "",
        confidence: Confidence = "high",
    ) -> None:
        """Remember one. `detail` is a word of ADF or a fixed text: never what a person wrote."""
        if len(self.found) < _MOST:
            message = f"{REPAIRS[code]}: {detail}" if detail else REPAIRS[code]
            self.found[Repair(code, message, line, confidence)] = None

    def note_once(self, code: str, line: int | None = None) -> None:
        """Remember the first of its kind only."""
        if not any(repair.code == code for repair in self.found):
            self.note(code, line)
