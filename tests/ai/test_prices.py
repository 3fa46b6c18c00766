from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version

import genai_prices
import pytest
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.language_model import Usage
from auterity_sdk.ai.prices import Cost, Prices, Rate

AT = datetime(2026, 11, 28, tzinfo=UTC)
TABLE = f"genai-prices {version('genai-prices')}"
OWN = Prices({("llm.dealer.test", "mini"): Rate(Decimal("0.1"), Decimal("0.4"), Decimal("0.01"))})


def test_the_table_is_asked_and_named() -> None:
    cost = Prices().cost(Usage(1000, 100, 10), "openai", "gpt-4o-mini", AT)
    assert cost == Cost(Decimal("0.00020925"), TABLE)


def test_a_dated_model_of_azure_and_the_host_of_another_provider_are_known() -> None:
    assert Prices().cost(Usage(1000, 100), "azure", "gpt-4o-mini-2024-07-18", AT) is not None
    assert (
        Prices().cost(Usage(1000, 100), "api.groq.com", "llama-3.3-70b-versatile", AT) is not None
    )


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-99-nobody-knows"),
        ("openai", ""),
        ("azure", "front-desk"),
        ("llm.dealer.test", "gpt-4o-mini"),
        ("127.0.0.1", "gpt-4o-mini"),
        ("localhost", "gpt-4o-mini"),
        ("scripted", "scripted-1"),
        ("", "gpt-4o-mini"),
    ],
)
def test_an_unknown_model_has_no_price_rather_than_none_to_pay(provider: str, model: str) -> None:
    assert Prices().cost(Usage(1000, 100), provider, model, AT) is None


@pytest.mark.parametrize("provider", ["offline", "recorded"])
def test_what_asks_no_model_costs_nothing_and_says_so(provider: str) -> None:
    assert Prices().cost(Usage(1000, 100), provider, "any", AT) == Cost(Decimal(0), provider)


def test_prices_of_ones_own_come_first_and_for_their_model_alone() -> None:
    cost = OWN.cost(Usage(1_000_000, 500_000, 400_000), "llm.dealer.test", "mini", AT)
    assert cost == Cost(Decimal("0.264"), "auterity.toml")
    assert OWN.cost(Usage(1, 1), "llm.dealer.test", "large", AT) is None


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_more_tokens_never_cost_less(read: int, written: int, more: int) -> None:
    for prices, provider, model in (
        (OWN, "llm.dealer.test", "mini"),
        (Prices(), "openai", "gpt-4o-mini"),
    ):
        less = prices.cost(Usage(read, written), provider, model, AT)
        most = prices.cost(Usage(read + more, written + more), provider, model, AT)
        assert less is not None
        assert most is not None
        assert less.usd <= most.usd


def test_who_may_be_asked_one_question_and_whose_price_is_not_known() -> None:
    own = ("llm.dealer.test", "mini")
    assert OWN.members(own) == (own,)
    chain = Prices(OWN.own, {own: [("openai", "gpt-4o-mini"), ("offline", "offline")]})
    assert chain.members(own, "mini") == (own, ("openai", "gpt-4o-mini"), ("offline", "offline"))
    assert chain.members(own, "large")[0] == ("llm.dealer.test", "large")
    assert chain.unpriced(chain.members(own), AT) == ""
    assert chain.unpriced(chain.members(own, "large"), AT) == "large"
    assert Prices(OWN.own, {own: [("openai", "gpt-99")]}).unpriced([own, ("openai", "gpt-99")], AT)


def test_each_model_of_the_table_costs_what_the_table_calculates() -> None:
    usages = (Usage(1_000, 100), Usage(1_000_003, 70_001, 300_007), Usage(0, 5))
    differing = []
    for provider in get_snapshot().providers:
        for model in provider.models:
            for at in (AT, datetime(2024, 2, 29, 20, tzinfo=UTC)):
                calculated = [_calculated(usage, provider.id, model.id, at) for usage in usages]
                found = [Prices().cost(usage, provider.id, model.id, at) for usage in usages]
                if [each and each.usd for each in found] != calculated:
                    differing.append((provider.id, model.id))
    assert not differing


def _calculated(usage: Usage, provider: str, model: str, at: datetime) -> Decimal | None:
    """By the library itself."""
    taken = genai_prices.Usage(
        input_tokens=usage.input, output_tokens=usage.output, cache_read_tokens=usage.cached
    )
    try:
        return genai_prices.calc_price(
            taken, model, provider_id=provider, genai_request_timestamp=at
        ).total_price
    except (LookupError, ValueError):
        return None
