"""The name that a writer gives."""

from __future__ import annotations

import re

_NAME = r"(?P<name>[A-ZÁÉÍÓÚÑ][\w'\u2019-]+(?: (?:de |la |del )?[A-ZÁÉÍÓÚÑ][\w'\u2019-]+){0,2})"
_SAYS = re.compile(
    rf"(?:\b(?i:my name is|my name's|name's|name is|this is|i am|i'm|me llamo|mi nombre es|soy|le habla|habla))[:,]? {_NAME}"
)
_SIGNS = re.compile(
    rf"(?:^|\n|[.!?] )\s*(?:[-\u2013\u2014]+ ?|(?i:thanks|thank you|regards|best|sincerely|gracias|saludos|atentamente),?\s+){_NAME}[.!]?\s*$"
)
_NO_NAME = frozenset(
    [
        "Interested",
        "Looking",
        "Trying",
        "Going",
        "Not",
        "Just",
        "Still",
        "Very",
        "So",
        "In",
        "On",
        "The",
        "A",
        "An",
        "Really",
        "Happy",
        "Sorry",
        "Ready",
        "Available",
        "Here",
    ]
)


def person(text: str) -> str | None:
    """`My name is Ana Ruiz`, `soy Luis`, or what stands behind a dash or thanks at the end."""
    for pattern in (_SAYS, _SIGNS):
        for match in pattern.finditer(text):
            if match["name"].split()[0] not in _NO_NAME:
                return match["name"]
    return None
