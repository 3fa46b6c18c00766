"""Yes and no, and one of a list, as a text says it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auterity_sdk.ai.offline.classify import ENOUGH, classify, intent_of_name
from auterity_sdk.ai.offline.extraction.field import Field, name_words
from auterity_sdk.ai.offline.extraction.message import Message
from auterity_sdk.ai.offline.intents import evidence, is_denied, mentions
from auterity_sdk.ai.offline.words import STOPWORDS, stem

_YES = frozenset(
    [
        "yes",
        "y",
        "yeah",
        "yep",
        "yup",
        "sure",
        "ok",
        "okay",
        "definitely",
        "absolutely",
        "si",
        "claro",
        "correct",
    ]
)
_NO = frozenset(["no", "n", "nope", "nah", "never", "negative", "nunca", "tampoco"])
_AUXILIARY = frozenset(
    [
        "is",
        "has",
        "had",
        "have",
        "wants",
        "want",
        "needs",
        "need",
        "can",
        "will",
        "would",
        "does",
        "do",
        "was",
        "are",
        "asks",
        "asked",
        "should",
        "flag",
        "customer",
    ]
)
_OTHER_WORDS = {
    "new": "nuevo nueva",
    "used": "usado usada preowned owned",
    "sms": "text texto mensaje texting",
    "email": "correo mail",
    "phone": "call llamada llamame telefono",
    "voice": "call llamada llamame telefono",
    "cash": "efectivo contado outright",
    "finance": "financing loan credito financiar payments",
    "lease": "leasing",
    "morning": "am manana",
    "afternoon": "tarde",
    "evening": "tonight noche",
    "car": "carro auto sedan coche",
    "truck": "troca camioneta pickup",
    "wait": "waiting esperar espero",
    "loaner": "prestado",
    "en": "english ingles",
    "es": "spanish espanol",
}


def yes_or_no(message: Message, field: Field) -> bool | None:
    """Whether the text affirms or denies what the field's name says; None where it says nothing about it."""
    said = [word for word in re.findall(r"\w+", message.folded) if word not in ("please", "thanks")]
    if said and set(said) <= _YES:
        return True
    if said and set(said) <= _NO:
        return False
    subject = [word for word in field.words if word not in _AUXILIARY]
    intent = next((found for name in _runs(subject) if (found := intent_of_name(name))), None)
    if intent is not None and mentions(message.text, intent):
        return evidence(message.text)[intent] >= ENOUGH
    wanted = {stem(word) for word in subject if word not in STOPWORDS}
    places = {
        stem(match[0]): match.start()
        for match in re.finditer(r"[a-z]+", message.folded)
        if stem(match[0]) in wanted
    }
    if not wanted or wanted - set(places):
        return None
    return not any(is_denied(message.folded, place) for place in places.values())


def one_of(message: Message, options: Sequence[str]) -> str | None:
    """The option that the text names, by its own words or others for them; None where it names none or two."""
    named = [option for option in options if _names(message, option)]
    if len(named) == 1:
        return named[0]
    if named:
        return None
    return classify(message.text, dict.fromkeys(options, "")).label


def all_of(message: Message, options: Sequence[str]) -> list[str]:
    """Every option that the text names."""
    return [option for option in options if _names(message, option)]


def _names(message: Message, option: str) -> bool:
    spoken = name_words(option)
    others = _OTHER_WORDS.get(option.lower(), "").split()
    patterns = [" ".join(map(re.escape, spoken)), *map(re.escape, others)]
    return any(
        not is_denied(message.folded, match.start())
        for pattern in patterns
        if pattern
        for match in re.finditer(rf"\b{pattern.replace(' ', '[ -]')}s?\b", message.folded)
    )


def _runs(words: Sequence[str]) -> list[str]:
    """`trade_in`, `trade`, `in`: the longest first."""
    return [
        "_".join(words[begin : begin + length])
        for length in range(len(words), 0, -1)
        for begin in range(len(words) - length + 1)
    ]
