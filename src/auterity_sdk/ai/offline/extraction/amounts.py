"""The number in a text that a field asks for: the one beside the field's own words."""

from __future__ import annotations

import re
from decimal import Decimal

from auterity_sdk.ai.offline.extraction.field import Field
from auterity_sdk.ai.offline.extraction.message import Message
from auterity_sdk.ai.offline.words import stem
from auterity_sdk.ai.spoken.numbers import SaidNumber

_SAME = (
    "down enganche deposit put",
    "month monthly mo mes mensual payment payments pago pagos",
    "budget spend max presupuesto gastar afford",
    "offer offering quoted quote asking price precio selling listed",
    "owe owed payoff balance debo saldo",
    "credit score fico puntaje",
    "term months meses plazo",
    "miles mileage mi millas odometer km kilometers kilometros",
    "rate apr interest percent tasa interes",
    "seats seater seat passengers passenger asientos pasajeros",
    "doors door puertas",
    "people persons of us personas guests",
    "keys key llaves",
    "owners owner duenos",
)
_ALIASES = {
    stem(word): frozenset(map(stem, words.split())) for words in _SAME for word in words.split()
}
_PERCENT = frozenset(map(stem, ("rate", "apr", "percent", "interest")))
_REACH = 3
_MONEY_MARK = re.compile(r"(?:\$|usd)\s?$")
_MONEY_WORD = re.compile(r"^ ?(?:dollars?|bucks|usd|dolares|pesos|grand)\b|^/mo")
_MILES = re.compile(r"^ ?\+?(?:miles?|mi|millas|km|kilometers|kilometros)\b")
_WITH = re.compile(
    r"\b(?:with|has|at|only|around|about|con|tiene)(?: (?:only|about|around|just|como|unas))? $"
)
_NO_CLAUSE = re.compile(r"[;!?]|[.,](?=\s)| and | y | but | pero ")


def mileage(message: Message) -> Decimal | None:
    """How far a vehicle has gone: beside its unit, or `with 140k` where a vehicle is named."""
    for each in message.numbers:
        after = message.folded[each.end :]
        if _MILES.match(after):
            return each.value
        in_thousands = each.value >= 10_000 and message.folded[each.end - 1] == "k"
        if message.vehicles and in_thousands and _WITH.search(message.folded[: each.start]):
            return each.value
    return None


def money(message: Message, field: Field) -> Decimal | None:
    """An amount beside the field's words, or the only amount that is marked as money and beside no others."""
    near = beside(message, field)
    if near is not None:
        return near
    marked = [each for each in message.numbers if _is_money(message, each)]
    general = frozenset(field.words) & {
        "price",
        "amount",
        "money",
        "precio",
        "offer",
        "cost",
        "quote",
    }
    if len(marked) == 1 and general and not _of_other(message, marked[0], field):
        return marked[0].value
    return None


def beside(message: Message, field: Field) -> Decimal | None:
    """The number nearest to the field's words, at most three words away and in the same clause."""
    wanted = _wanted(field)
    found = [
        (distance, each.value)
        for each in message.numbers
        if (distance := _distance(message.folded, each, wanted)) is not None
    ]
    return min(found)[1] if found else None


def _wanted(field: Field) -> frozenset[str]:
    own = [stem(word) for word in field.words if len(word) > 1]
    return frozenset(alias for each in own for alias in _ALIASES.get(each, {each}))


def _distance(folded: str, number: SaidNumber, wanted: frozenset[str]) -> int | None:
    before = re.findall(r"[a-z]+", _NO_CLAUSE.split(folded[: number.start])[-1])[::-1]
    after = re.findall(r"[a-z]+", _NO_CLAUSE.split(folded[number.end :])[0])
    places = [
        place
        for words in (after, before)
        for place, word in enumerate(words[:_REACH])
        if stem(word) in wanted
    ]
    if folded[number.end : number.end + 2].strip().startswith("%"):
        return 0 if _PERCENT & wanted else None
    return min(places, default=None)


def _is_money(message: Message, number: SaidNumber) -> bool:
    before, after = message.folded[: number.start], message.folded[number.end :]
    said = message.folded[number.start : number.end]
    return bool(_MONEY_MARK.search(before) or _MONEY_WORD.match(after) or said.endswith("grand"))


def _of_other(message: Message, number: SaidNumber, field: Field) -> bool:
    """Whether the number is beside words of another kind of amount (`2k down` is no price)."""
    wanted = _wanted(field)
    others = frozenset(stem(word) for words in _SAME for word in words.split()) - wanted
    return _distance(message.folded, number, others) is not None
