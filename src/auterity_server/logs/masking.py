"""Takes out of a text of somebody else's code what no log and no report may hold."""

from __future__ import annotations

import re

from auterity_sdk.ai.scrub.scrub import scrub

_QUERY = re.compile(r"\?[^\s\"'<>)]+")
_LOGIN = re.compile(r"(?<=://)[^\s/@]+@")
_TOKEN = re.compile(
    r"\b(?:aut_[a-z]+_[\w-]+|ey[\w-]+\.[\w-]+\.[\w-]+|(?i:bearer|basic)\s+[\w.~+/=-]+)"
)


def masked(text: str) -> str:
    """The text without query strings, credentials, tokens and personal data, as far as one sees them."""
    text = _LOGIN.sub("", _QUERY.sub("?[query]", text))
    return scrub(_TOKEN.sub("[token]", text)).text
