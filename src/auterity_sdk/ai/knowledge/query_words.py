"""A question as words that a full-text index is asked for."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
_MOST = 64
_SMALL = (
    "a an and any are at be can could did do does for from get have how i in is it its many me much my of on or our so that"
    " the their them there this to us was we what when where which who will with would you your"
    " al como con cual cuando cuanto de del donde el en es esta hay la las lo los me mi no o para por puedo que se"
    " si su sus un una usted y"
)
SMALL_WORDS = frozenset(_SMALL.split())
"""Words that nearly every passage has, and no question is about."""


def query_words(text: str) -> tuple[str, ...]:
    """The words of a question without small ones, each once; all of them where it has no others."""
    words = list(dict.fromkeys(_WORD.findall(text.lower())))
    telling = [word for word in words if word not in SMALL_WORDS]
    return tuple((telling or words)[:_MOST])
