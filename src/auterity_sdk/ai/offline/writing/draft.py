"""Writes a text by instructions, as far as rules can follow them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from zlib import crc32

from auterity_sdk.ai.offline.extraction.field import name_words
from auterity_sdk.ai.offline.intents import is_denied
from auterity_sdk.ai.offline.words import stem
from auterity_sdk.ai.offline.writing.facts import RECIPIENT, SENDER, first_of, sentence
from auterity_sdk.ai.offline.writing.phrases import Phrases, phrases
from auterity_sdk.ai.request import Draft
from auterity_sdk.dealership.folding import fold

_ACTS = {
    "apologize": r"\b(?:apolog\w*|say sorry|disculp\w*|sorry)\b",
    "thank": r"\b(?:thank\w*|agradec\w*|gracias)\b",
    "decline": r"\b(?:declin\w*|turn down|say no|refus\w*|rechaz\w*)\b",
    "remind": r"\b(?:remind\w*|recuerd\w*|recordatorio)\b",
    "confirm": r"\b(?:confirm\w*)\b",
    "follow_up": r"\b(?:follow\w*[ -]?up|check(?:ing)? in|seguimiento)\b",
}
_CLOSINGS = {
    "call": r"\b(?:call (?:them|him|her|back)|phone call|time to call|time for a call|(?:best|good) time to (?:talk|call)|llamad\w*|llamarle?)\b",
    "review": r"\b(?:reviews?|resena)\b",
    "trade": r"\b(?:ask\w*|offer\w*|invit\w*|pregunt\w*)\b[^.]*\b(?:trade\w*|a cuenta)\b",
    "finance": r"\b(?:ask\w*|offer\w*|invit\w*|pregunt\w*)\b[^.]*\b(?:financ\w*|payments?|credit)\b",
    "appointment": r"\b(?:come (?:by|in|over)|visit\w*|test drive|appointment|stop by|invit\w*|schedul\w*|book\w*|pasar|visita|cita|prueba de manejo|when they can|cuando puede)\b",
    "confirm": r"\b(?:still works?|confirm\w*|reply (?:yes|c)\b)",
    "help": r"\b(?:ask (?:how|what|whether)|offer (?:more |further )?help|question|how (?:else )?(?:we|you) can help|ayuda\w*)\b",
}
_NO_GREETING = re.compile(
    r"\b(?:no|without(?: a| any)?|skip the|sin) (?:greeting|salutation|saludo)\b"
)
_NO_QUESTION = re.compile(
    r"\b(?:no|without(?: a| any)?|do not ask|dont ask|sin) (?:question|closing|questions|pregunta)\b|\bdo not ask\b"
)


def draft(task: Draft) -> str:
    """The text, or nothing where no rule reaches: another language, or neither a fact nor an act that is known.

    Facts are said as they are given, those first that the instructions or the message to answer name. Where the
    text may not be longer, it says fewer of them.
    """
    known = phrases(task.language)
    told = " ".join(fold(task.instructions).replace("'", "").split())
    if known is None:
        return ""
    acts = [act for act, pattern in _ACTS.items() if _asked(pattern, told)]
    parts = _Parts(task, told, known)
    middle = [*(parts.way(known.acts[act]) for act in acts), *parts.facts()]
    if not middle:
        return ""
    return _within(task.longest, parts.greeting(), middle, parts.closing(acts), parts.sender())


class _Parts:
    """The parts of one text. Each of several ways to say a thing is taken by the text's own digest."""

    def __init__(self, task: Draft, told: str, known: Phrases) -> None:
        self._task = task
        self._told = told
        self._known = known
        said = "\n".join((task.instructions, task.text, *map("=".join, task.facts.items())))
        self._digest = crc32(said.encode())

    def way(self, ways: Sequence[str]) -> str:
        """One of them."""
        return ways[self._digest % len(ways)]

    def greeting(self) -> str:
        """By name, where a fact says it."""
        if _NO_GREETING.search(self._told):
            return ""
        name = first_of(self._task.facts, RECIPIENT)
        return (
            self.way(self._known.greeting_by_name).format(name)
            if name
            else self.way(self._known.greeting)
        )

    def facts(self) -> Iterator[str]:
        """A sentence for each fact, without those that the instructions leave out."""
        for name, value in _ordered(self._task, self._told).items():
            said = sentence(name, value, self._known)
            if said:
                yield said

    def closing(self, acts: Sequence[str]) -> str:
        """The question at the end."""
        if _NO_QUESTION.search(self._told):
            return ""
        asked = (about for about, pattern in _CLOSINGS.items() if _asked(pattern, self._told))
        about = next(asked, "confirm" if "confirm" in acts else "help")
        return self.way(self._known.closings[about])

    def sender(self) -> str:
        """Who writes, by the facts."""
        named = (first_of(self._task.facts, (name,)) for name in SENDER)
        return ", ".join(dict.fromkeys(name for name in named if name))


def _asked(pattern: str, told: str) -> bool:
    return any(not is_denied(told, found.start()) for found in re.finditer(pattern, told))


def _ordered(task: Draft, told: str) -> Mapping[str, str]:
    left = {
        name: value
        for name, value in task.facts.items()
        if name not in (*RECIPIENT, *SENDER) and not _left_out(name, told)
    }
    said = {stem(word) for word in name_words(f"{task.instructions} {task.text}")}
    named = {name for name in left if said & {stem(word) for word in name_words(name)}}
    return {name: left[name] for name in sorted(left, key=lambda each: _place(each, named))}


def _place(name: str, named: set[str]) -> int:
    """What it is about comes first, then what is asked for."""
    return 0 if name == "vehicle" else 1 if name in named else 2


def _left_out(name: str, told: str) -> bool:
    """`do not mention the price`."""
    words = name_words(name)
    found = re.finditer(rf"\b{re.escape(words[-1])}s?\b", told) if words else ()
    places = [match.start() for match in found]
    return bool(places) and all(_is_hidden(told, place) for place in places)


def _is_hidden(told: str, place: int) -> bool:
    before = re.split(r"[.;!?]| but | pero ", told[max(0, place - 60) : place])[-1]
    return (
        re.search(
            r"\b(?:not|dont|never|without|no|leave out|omit|skip|sin|omit\w*)\b(?: (?:mention\w*|state|say|tell|give|include|name|quote|menc\w*"
            r"|diga|incluy\w*|any|the|a|his|her|their|el|la|about|or|and|\w+ (?:or|and|nor)))* $",
            before,
        )
        is not None
    )


def _within(longest: int, greeting: str, middle: list[str], closing: str, sender: str) -> str:
    """As much as fits: the sender goes first, then the greeting, the closing, and facts from the last on."""
    whole = _joined(greeting, middle, closing, sender)
    if not longest or len(whole) <= longest:
        return whole
    for parts in ((greeting, closing, ""), ("", closing, ""), ("", "", "")):
        shorter = _joined(parts[0], middle, parts[1], parts[2])
        if len(shorter) <= longest:
            return shorter
    while len(middle) > 1:
        middle = middle[:-1]
        for end in (closing, ""):
            shorter = _joined("", middle, end, "")
            if len(shorter) <= longest:
                return shorter
    return middle[0] if len(middle[0]) <= longest else ""


def _joined(greeting: str, middle: Sequence[str], closing: str, sender: str) -> str:
    body = " ".join(part for part in (*middle, closing) if part)
    opened = f"{greeting}\n{body}" if greeting else body
    return f"{opened}\n{sender}" if sender else opened
