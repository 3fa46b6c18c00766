"""A field of a JSON Schema, and what it is about by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from auterity_sdk.dealership.folding import fold

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FORMATS = {"date": "day", "time": "time", "date-time": "moment", "email": "email"}
_KINDS = {
    "moment": "datetime timestamp",
    "day": "day date fecha dia",
    "time": "time hour hora clock",
    "email": "email mail correo",
    "phone": "phone mobile cell telephone telefono celular",
    "vin": "vin",
    "postal_code": "zip zipcode postal",
    "stock": "stock",
    "year": "year ano",
    "make": "make brand marca",
    "model": "model modelo",
    "color": "color colour",
    "mileage": "mileage miles odometer millas kilometers km",
    "money": (
        "price budget amount payment down offer payoff owe owed cost deposit quote msrp money dollars usd balance precio"
        " pago enganche presupuesto oferta monthly"
    ),
    "concern": "concern problem issue symptom complaint problema queja",
    "question": "question pregunta",
    "summary": "summary gist resumen",
    "name": "name nombre",
}
_KIND_OF_WORD = {word: kind for kind, words in _KINDS.items() for word in words.split()}


class Field(Struct, frozen=True):
    """One value that is asked for. `root` is the whole schema, which a `$ref` points into."""

    name: str
    schema: Mapping[str, Any]
    root: Mapping[str, Any]
    required: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        """The words of its name, folded: `downPayment` and `down_payment` have two."""
        return name_words(self.name)

    @property
    def described(self) -> tuple[str, ...]:
        """The words of its name, title and description."""
        texts = (
            self.name,
            str(self.schema.get("title", "")),
            str(self.schema.get("description", "")),
        )
        return tuple(word for text in texts for word in name_words(text))

    @property
    def kind(self) -> str | None:
        """What it is about, by its format, its name, its title or its description; None where no rule knows."""
        known = _FORMATS.get(str(self.schema.get("format")))
        if known is not None:
            return known
        title, description = self.schema.get("title", ""), self.schema.get("description", "")
        for text in (self.name, str(title), str(description)):
            found = [kind for word in name_words(text) if (kind := _kind_of(word))]
            if found:
                return _first(found)
        return None

    @property
    def types(self) -> frozenset[str]:
        """The JSON types that it may have, `null` among them."""
        types = self.schema.get("type", ())
        return frozenset((types,) if isinstance(types, str) else types)

    def of(self, schema: Mapping[str, Any]) -> Field:
        """The same field by a part of its schema; its title and description are kept."""
        kept = {key: self.schema[key] for key in ("title", "description") if key in self.schema}
        return Field(self.name, {**kept, **schema}, self.root, self.required)


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name or a sentence, folded."""
    return tuple(re.findall(r"[a-z0-9]+", fold(_HUMP.sub(" ", text)).replace("'", "")))


def _kind_of(word: str) -> str | None:
    return _KIND_OF_WORD.get(word) or _KIND_OF_WORD.get(word.removesuffix("s"))


def _first(kinds: list[str]) -> str:
    """`model_year` is a year, `phone_name` a name: the last word of a name says what it is."""
    return "moment" if {"day", "time"} <= set(kinds) else kinds[-1]
