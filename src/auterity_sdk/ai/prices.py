"""What calls of models cost, by the price table of `genai-prices` and by prices of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct, field

from auterity_sdk.ai.language_model import OFFLINE, RECORDED, Member, Usage

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

OWN = "auterity.toml"
_MILLION = 1_000_000
_NOTHING = Usage(0, 0)
_INPUT, _OUTPUT, _CACHED = "input_mtok", "output_mtok", "cache_read_mtok"
_NEVER_TAKEN = frozenset((
        "cache_write_mtok", "cache_write_1h_mtok", "web_searches_kcount", "storage_searches_kcount",
))  # fmt: skip
"""What the table has a price for, and no call of ours takes."""


class Cost(Struct, frozen=True):
    """An amount in US dollars, exact, and the table it is from: with its version, `auterity.toml`, `offline` or
    `recorded`."""

    usd: Decimal
    table: str


class Rate(Struct, frozen=True):
    """US dollars for a million tokens. `cached` None: those cost as any other of the `input`."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None

    def of(self, usage: Usage) -> Decimal:
        """What so many tokens cost."""
        cached = min(usage.cached, usage.input)
        cached_rate = self.input if self.cached is None else self.cached
        fresh = (usage.input - cached) * self.input
        return (fresh + cached * cached_rate + usage.output * self.output) / _MILLION


class Prices(Struct, frozen=True):
    """The prices that hold. `own` go by provider and model, and come before the table's.

    `instead` are the members of a chain that are asked in turn where a connection's own cannot answer.
    """

    own: Mapping[Member, Rate] = field(default_factory=dict)
    instead: Mapping[Member, Sequence[Member]] = field(default_factory=dict)

    def cost(self, usage: Usage, provider: str, model: str, at: datetime) -> Cost | None:
        """What a call at a time (aware) cost; None where no price of the model is known.

        The names are those of the answer. Offline rules and recorded answers cost
        nothing.
        """
        if provider in (OFFLINE, RECORDED):
            return Cost(Decimal(0), provider)
        rate = self.own.get((provider, model))
        if rate is not None:
            return Cost(rate.of(usage), OWN)
        return _by_table(usage, provider, model, at)

    def members(self, connection: Member, model: str = "") -> tuple[Member, ...]:
        """Who may be asked one question, in turn. `model` is what the question asks for, of the first alone."""
        first = (connection[0], model) if model else connection
        return (first, *self.instead.get(connection, ()))

    def unpriced(self, members: Sequence[Member], at: datetime) -> str:
        """The first model whose price is not known; empty where all are."""
        return next((each[1] for each in members if self.cost(_NOTHING, *each, at) is None), "")


def _by_table(usage: Usage, provider: str, model: str, at: datetime) -> Cost | None:
    known = _standing(provider, model)
    if known is None:
        return None
    table, rate = known
    if rate is not None:
        return Cost(rate.of(usage), table)
    found = _calculated(usage, provider, model, at)
    return None if found is None else Cost(found.total_price, table)


@lru_cache(maxsize=256)
def _standing(provider: str, model: str) -> tuple[str, Rate | None] | None:
    """The table that knows a model, and its rate where that is the same at all times and for all lengths."""
    import genai_prices  # here: the table takes a third of a second, for those who pay

    found = _calculated(_NOTHING, provider, model, None)
    if found is None:
        return None
    return f"genai-prices {genai_prices.__version__}", _rate(found)


def _rate(found: PriceCalculation) -> Rate | None:
    if found.model.prices is not found.model_price:
        return None  # one of several, by date or by the time of day
    said = {
        name: price
        for name, price in vars(found.model_price).items()
        if price is not None and name not in _NEVER_TAKEN
    }
    plain = all(isinstance(price, Decimal) for price in said.values())
    if not plain or not {_INPUT, _OUTPUT} <= said.keys() <= {_INPUT, _OUTPUT, _CACHED}:
        return None
    return Rate(said[_INPUT], said[_OUTPUT], said.get(_CACHED))


def _calculated(
    usage: Usage, provider: str, model: str, at: datetime | None
) -> PriceCalculation | None:
    import genai_prices

    taken = genai_prices.Usage(
        input_tokens=usage.input,
        output_tokens=usage.output,
        cache_read_tokens=min(usage.cached, usage.input),
    )
    # A provider that is not known by its name is a server, whose host the table may know.
    host = "." in provider
    try:
        return (
            genai_prices.calc_price(
                taken, model, provider_api_url=f"https://{provider}", genai_request_timestamp=at
            )
            if host
            else genai_prices.calc_price(
                taken, model, provider_id=provider, genai_request_timestamp=at
            )
        )
    except (LookupError, ValueError):
        return None
