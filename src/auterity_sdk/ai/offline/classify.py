"""Picks a label: by what customers of a dealership say, and by the words of the labels themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from auterity_sdk.ai.offline.intents import INTENTS, evidence, is_denied
from auterity_sdk.ai.offline.words import stem, stems, words
from auterity_sdk.dealership.folding import fold


class Choice(Struct, frozen=True):
    """The label that is meant, None where no rule reaches, and how sure that is, from 0 to 1."""

    label: str | None
    confidence: float


ENOUGH = 2.0
"""So much must speak for a label."""

_NAME_WEIGHT = 2.0
_WORD_WEIGHT = 1.0
_RESIDUAL_CONFIDENCE = 0.4
_NAMES = {
    "opt_out": "optout unsubscribe stop opt_out remove_me do_not_contact revocation baja",
    "complaint": "complaints complaint queja quejas grievance angry unhappy",
    "spam": "spam junk solicitation solicitations",
    "service": "service repair repairs maintenance service_request servicio taller service_department",
    "trade": "trade trade_in tradein trades trade_ins appraisal",
    "price_objection": "price_objection objection objections too_expensive negotiation price_negotiation",
    "finance": "finance financing credit loan payments financiamiento finance_question",
    "appointment": "appointment appointments test_drive visit cita schedule scheduling booking",
    "availability": "availability available in_stock inventory stock disponibilidad",
    "price": "price pricing quote prices precio price_question",
    "other": "other others else otro otros misc miscellaneous general",
}
_INTENT_BY_NAME = {name: intent for intent, names in _NAMES.items() for name in names.split()}
_RESIDUAL = re.compile(
    r"\b(?:none of (?:the|these|those)|anything else|everything else|something else|all else|any other|no other label"
    r"|does not fit|nothing else|the rest|ninguna? de|cualquier otra?|otra cosa|lo demas|todo lo demas)\b"
)
_RESIDUAL_NAMES = frozenset(
    (*_NAMES["other"].split(), "none", "unknown", "unclear", "rest", "ninguno", "ninguna")
)
_GENERAL = (
    "customer customers cliente clientes message messages mensaje text asks asking asked wants wanting want ask"
    " dealer dealership vehicle vehicles car cars sender person people someone somebody about says saying said"
    " question questions request requests label intent lead leads anything something other else thing"
)
_SAYS_NOTHING = frozenset(map(stem, _GENERAL.split()))


def classify(text: str, labels: Mapping[str, str]) -> Choice:
    """The label with the most evidence in a text.

    A label is known by its name, or by what its description says; its own words count as well. One that means
    `none of the others` is taken where nothing speaks for these.
    """
    meaning = _meanings(labels)
    found = evidence(text)
    own = _own_words(text, labels)
    scores = {name: own[name] + found.get(meaning.get(name, ""), 0.0) for name in labels}
    ranked = sorted(labels, key=lambda name: (-scores[name], _rank(meaning.get(name))))
    if ranked and scores[ranked[0]] >= ENOUGH:
        second = scores[ranked[1]] if len(ranked) > 1 else 0.0
        return Choice(ranked[0], round(_confidence(scores[ranked[0]], second), 2))
    residual = next((name for name in labels if is_residual(name, labels[name])), None)
    return Choice(residual, _RESIDUAL_CONFIDENCE if residual and words(text) else 0.0)


def is_residual(name: str, description: str) -> bool:
    """Whether a label stands for whatever the others do not mean."""
    return _plain(name) in _RESIDUAL_NAMES or _RESIDUAL.search(fold(description)) is not None


def intent_of_name(name: str) -> str | None:
    """The known intent of that name (`trade_in`, `financing`), or None."""
    return _INTENT_BY_NAME.get(_plain(name))


def _confidence(first: float, second: float) -> float:
    return min(0.99, (first - second / 2) / (first + 1.0))


def _rank(intent: str | None) -> int:
    return INTENTS.index(intent) if intent else len(INTENTS)


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", fold(name)).strip("_")


def _meanings(labels: Mapping[str, str]) -> dict[str, str]:
    """The intent of each label: by its name, else by its description where only one says that."""
    by_name = {name: intent for name in labels if (intent := intent_of_name(name)) is not None}
    described = {
        name: intent
        for name, description in labels.items()
        if name not in by_name and (intent := _described(description)) is not None
    }
    counts = Counter((*by_name.values(), *described.values()))
    return by_name | {name: intent for name, intent in described.items() if counts[intent] == 1}


def _described(description: str) -> str | None:
    found = evidence(description)
    first, second = sorted(found, key=lambda each: -found[each])[:2]
    return first if found[first] >= ENOUGH and found[first] > found[second] else None


def _own_words(text: str, labels: Mapping[str, str]) -> dict[str, float]:
    """What speaks for each label by the words of its name and description that stand in the text."""
    of_label = {name: _label_stems(name, description) for name, description in labels.items()}
    shared = Counter(each for weights in of_label.values() for each in weights)
    said = _affirmed(text)
    return {
        name: sum(weight / shared[each] for each, weight in weights.items() if each in said)
        for name, weights in of_label.items()
    }


def _label_stems(name: str, description: str) -> dict[str, float]:
    weights = dict.fromkeys(_telling(stems(description)), _WORD_WEIGHT)
    weights.update(dict.fromkeys(_telling(stems(name.replace("_", " "))), _NAME_WEIGHT))
    return weights


def _telling(found: Iterable[str]) -> list[str]:
    return [each for each in found if each not in _SAYS_NOTHING]


def _affirmed(text: str) -> set[str]:
    """The stems of the words that are not denied (`no brakes needed`)."""
    folded = fold(text).replace("'", " ")
    return {
        stem(match[0])
        for match in re.finditer(r"[^\W_]+", folded)
        if not is_denied(folded, match.start())
    }
