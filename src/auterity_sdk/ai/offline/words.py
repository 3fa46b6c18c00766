"""Words, stems and sentences of a text in English or Spanish."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auterity_sdk.dealership.folding import fold

_STOPWORDS = (
    "a about after all also am an and any are as at be because been but by can could did do does dont for from get"
    " got had has have he her here hers hi him his how i if im in into is it its ive just like me my no not of off"
    " on one or our out over please she should so some such than thanks that the their them then there these they"
    " this those to too up us very want was we were what whats when where which who why will with would you your"
    " al algo ante aqui asi aun con como cual cuando de del desde donde dos el ella ellos en entre era es esa ese"
    " eso esta este esto estan estoy fue ha hay he hola la las le les lo los mas me mi mis mucho muy nos o para"
    " pero por porque que quiero se ser si sin sobre son soy su sus tambien te tiene tienen todo tu tus un una"
    " uno usted ustedes va y ya yo gracias favor"
)
STOPWORDS = frozenset(_STOPWORDS.split())
_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=\S)|\n\s*\n|\n(?=\s*[-*\d])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|st|no|vs|approx|dept|appt|inc|co|sr|sra|srta|dec|jan|feb|aug|sept?|oct|nov|[ap]\.m|e\.g|i\.e|[a-z])|\b\d)\.$",
    re.IGNORECASE,
)
_SUFFIXES = (
    *(
        "aciones",
        "mente",
        "iendo",
        "acion",
        "ments",
        "ings",
        "ando",
        "ados",
        "idos",
        "adas",
        "idas",
    ),
    *("ment", "tion", "ness", "able", "aron", "amos", "emos", "ing", "ies", "ado", "ido", "ada"),
    *("ida", "ers", "ors", "ed", "es", "er", "or", "ar", "ir", "ly", "s", "e", "o", "a", "y"),
)
_SHORTEST_STEM = 3


def words(text: str) -> list[str]:
    """The words and numbers, folded, without apostrophes."""
    return [word.replace("'", "") for word in _WORD.findall(fold(text))]


def stem(word: str) -> str:
    """What is left of a folded word without its ending: `brakes`, `braking` and `brake` have one stem."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            word = word[: -len(suffix)]
            break
    return word[:-1] if len(word) > _SHORTEST_STEM and word[-1] == word[-2] else word


def stems(text: str) -> list[str]:
    """The stems of the words that say something, in order."""
    return [stem(word) for word in words(text) if word not in STOPWORDS]


def sentences(text: str) -> list[str]:
    """The sentences of a text, trimmed; a line of a list is one."""
    return [" ".join(each.split()) for each in _pieces(text) if each.strip()]


def _pieces(text: str) -> Iterator[str]:
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        if "\n" not in match[0] and _ABBREVIATION.search(text[begin : match.start()]):
            continue
        yield text[begin : match.start()]
        begin = match.end()
    yield text[begin:]
