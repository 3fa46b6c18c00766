"""Refusals of text that would act instead of being read: as a mail header, a terminal escape, a hidden order."""

from __future__ import annotations

import re

from auterity_sdk.dealership.plain_text import clean_text
from auterity_sdk.errors import StepError

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_ATOMS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"{_ATOMS}(?:\.{_ATOMS})*@(?:{_LABEL}\.)+{_LABEL}")

LONGEST_MAILBOX = 254
"""Characters of an e-mail address: the longest path of RFC 5321, without its angle brackets."""


def harmless_text(text: str, what: str) -> str:
    """`text`, of several lines, if nothing in it acts. Raises `StepError` of type `bad_input`.

    Refused are control characters but newline and tab, direction overrides and invisible characters.
    The error does not quote the text, which may be a person's.
    """
    # Cleaning trims blanks at the ends, which do no harm: marks around the text keep them.
    marked = f".{text}."
    if clean_text(marked) != marked:
        raise StepError(
            f"{what} holds control characters",
            type="bad_input",
            help="clean the value where it enters the workflow",
        )
    return text


def harmless_line(text: str, what: str) -> str:
    """The same for text of one line."""
    if "\n" in text or "\t" in text:
        raise StepError(f"{what} is more than one line", type="bad_input")
    return harmless_text(text, what)


def e164(number: str) -> str:
    """A phone number as `+` and up to 15 digits (ITU-T E.164). Raises `StepError` of type `bad_input`."""
    if not _E164.fullmatch(number):
        raise StepError(
            "the phone number is not in E.164 form",
            type="bad_input",
            help="write it as +1 and ten digits, without blanks",
        )
    return number


def mailbox(address: str) -> str:
    """One plain e-mail address (the dot-atom form of RFC 5322). Raises `StepError` of type `bad_input`.

    Names, comments, quoted parts and lists of addresses are refused, so that none can be smuggled in.
    """
    local, _, _ = address.partition("@")
    if len(address) > LONGEST_MAILBOX or len(local) > 64 or not _MAILBOX.fullmatch(address):
        raise StepError("the recipient is not one plain e-mail address", type="bad_input")
    return address
