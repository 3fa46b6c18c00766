"""The models of a project as its settings say: who is asked, in which order, and how often."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.ai.language_model import LanguageModel, Usage
from auterity_sdk.ai.prices import Prices
from auterity_sdk.connections.configured import ConfiguredConnections
from auterity_sdk.errors import ConfigurationError, StepError
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_connections import connections_of
from auterity_sdk.runtime.settings import Settings
from tests.ai.asking import KEY, request
from tests.ai.model_server import ModelServer, Reply, serving


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEALER_KEY", KEY)
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def connected(
    tmp_path: Path, record: Path | None = None, **tables: dict[str, Any]
) -> ConfiguredConnections:
    return connections_of(Project(tmp_path, Settings(connections=tables)), record)


def asking(server: ModelServer, **more: Any) -> dict[str, Any]:
    return {
        "use": "openai",
        "base_url": server.url,
        "model": "mini",
        "api_key": "env:DEALER_KEY",
        **more,
    }


async def answer(found: ConfiguredConnections, name: str | None = None) -> str:
    return (await found.get(LanguageModel, name).answer(request())).text


async def test_the_model_of_a_table_is_asked_with_its_key(tmp_path: Path) -> None:
    with serving(Reply("hi")) as server:
        assert await answer(connected(tmp_path, llm=asking(server))) == "hi"
    (received,) = server.received
    assert received.body["model"] == "mini"
    assert received.headers["authorization"] == f"Bearer {KEY}"


async def test_a_key_of_openai_goes_to_no_other_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    with serving(Reply("hi")) as server:
        table = {"use": "openai", "base_url": server.url, "model": "mini"}
        await answer(connected(tmp_path, llm=table))
    assert "sk-of-openai" not in str(server.received[0].headers)


async def test_openai_without_its_key_is_told_by_the_name_of_the_key(tmp_path: Path) -> None:
    found = connected(tmp_path, llm={"use": "openai", "model": "mini"})
    with pytest.raises(ConfigurationError, match="env:OPENAI_API_KEY"):
        await answer(found)


@pytest.mark.parametrize("tables", [{}, {"llm": {"use": "offline"}}])
def test_without_a_model_rules_of_this_machine_answer(
    tmp_path: Path, tables: dict[str, Any]
) -> None:
    found = connected(tmp_path, **tables)
    assert found.get(LanguageModel).provider == "offline"
    with pytest.raises(ConfigurationError, match="could be recorded"):
        connected(tmp_path, tmp_path / "answers.json", **tables).get(LanguageModel)


async def test_both_apis_may_be_chosen(tmp_path: Path) -> None:
    with serving(Reply("hi")) as server:
        for api in ("chat", "responses"):
            await answer(connected(tmp_path, llm=asking(server, api=api)))
    assert [each.path for each in server.received] == ["/v1/chat/completions", "/v1/responses"]


async def test_azure_is_asked_by_its_deployment(tmp_path: Path) -> None:
    with serving(Reply("hi")) as server:
        table = {
            "use": "azure",
            "base_url": server.url.removesuffix("/v1"),
            "model": "front-desk",
            "api_key": "env:DEALER_KEY",
        }
        await answer(connected(tmp_path, llm=table))
    assert server.received[0].path.startswith("/openai/deployments/front-desk/chat/completions?")
    assert server.received[0].headers["api-key"] == KEY


async def test_the_next_of_a_chain_is_asked_and_an_ill_provider_left_alone(tmp_path: Path) -> None:
    with serving(Reply(status=503)) as one, serving(Reply("second")) as two:
        found = connected(tmp_path, llm=asking(one, fallback=["backup"]), backup=asking(two))
        for _ in range(8):
            assert await answer(found) == "second"
    assert (len(one.received), len(two.received)) == (5, 8)


async def test_limits_are_those_of_all_processes_of_a_project(tmp_path: Path) -> None:
    """Two compositions of one folder are as two processes: the third call waits, too long for a test."""
    with serving(Reply("hi")) as server:
        table = asking(server, requests_per_minute=1)
        one, other = connected(tmp_path, llm=table), connected(tmp_path, llm=table)
        assert await answer(one) == "hi"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(answer(other), 0.3)
    assert len(server.received) == 1
    assert (tmp_path / ".auterity" / "limits.db").is_file()


async def test_without_limits_nothing_is_written(tmp_path: Path) -> None:
    with serving(Reply("hi")) as server:
        await answer(connected(tmp_path, llm=asking(server)))
    assert not (tmp_path / ".auterity").exists()


async def test_what_was_recorded_is_given_again(tmp_path: Path) -> None:
    file = tmp_path / "tests" / "answers.json"
    with serving(Reply("hi")) as server:
        assert await answer(connected(tmp_path, file, llm=asking(server))) == "hi"
    recorded = {"use": "recorded", "file": "tests/answers.json"}
    found = connected(tmp_path, llm=recorded)
    assert await answer(found) == "hi"
    assert len(server.received) == 1
    with pytest.raises(StepError, match="holds no answer"):
        await found.get(LanguageModel).answer(request("another"))
    with pytest.raises(ConfigurationError, match="could be recorded"):
        connected(tmp_path, file, llm=recorded).get(LanguageModel)


async def test_one_connection_is_one_model(tmp_path: Path) -> None:
    with serving(Reply("hi")) as server:
        found = connected(tmp_path, llm=asking(server), other=asking(server))
        assert found.get(LanguageModel) is found.get(LanguageModel, "llm")
        assert found.get(LanguageModel, "other") is not found.get(LanguageModel)
        with pytest.raises(ConfigurationError, match="no llm connection `mail`"):
            found.get(LanguageModel, "mail")


async def test_several_without_a_usual_one_are_told(tmp_path: Path) -> None:
    with serving(Reply("hi")) as server:
        found = connected(tmp_path, a=asking(server), b=asking(server))
        with pytest.raises(ConfigurationError, match="several connections serve llm"):
            found.get(LanguageModel)


async def test_an_answer_with_a_price_of_ones_own_names_the_model_of_that_price(
    tmp_path: Path,
) -> None:
    """Servers call their models as they like; Azure tells the version that stands in the price table."""
    prices = {"input_price": 1, "output_price": 2}
    with serving(Reply("hi", model="/models/mini.gguf")) as server:
        azure = {**asking(server), "use": "azure", "base_url": server.url.removesuffix("/v1")}
        found = connected(
            tmp_path, llm=asking(server, **prices), azure=azure, priced={**azure, **prices}
        )
        models = [
            (await found.get(LanguageModel, name).answer(request())).model
            for name in ("llm", "azure", "priced")
        ]
    assert models == ["mini", "/models/mini.gguf", "mini"]


def test_prices_of_a_table_are_known(tmp_path: Path) -> None:
    table = {
        "use": "openai",
        "base_url": "https://llm.dealer.test/v1",
        "model": "mini",
        "input_price": 0.1,
        "output_price": 0.4,
    }
    prices = connected(tmp_path, llm=table).get(Prices)
    cost = prices.cost(Usage(1_000_000, 0), "llm.dealer.test", "mini", datetime.now(UTC))
    assert cost is not None
    assert f"{cost.usd:f} {cost.table}" == "0.1 auterity.toml"


def test_who_answers_instead_is_known_to_the_prices(tmp_path: Path) -> None:
    own = {"use": "openai", "base_url": "https://llm.dealer.test/v1", "model": "mini"}
    tables = {
        "llm": {"use": "openai", "model": "gpt-4o-mini", "fallback": ["own", "rules"]},
        "own": {**own, "input_price": 9, "output_price": 9},
        "rules": {"use": "offline"},
        "text": {"use": "langchain", "runnable": "a:b", "model": "advisor", "asks": "own"},
    }
    prices = connected(tmp_path, **tables).get(Prices)
    instead = [("llm.dealer.test", "mini"), ("offline", "offline")]
    assert prices.instead == {
        ("openai", "gpt-4o-mini"): instead,
        ("llm.dealer.test", "mini"): [],
        ("langchain", "advisor"): instead[:1],
    }


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"use": "openai"}, "model"),
        ({"use": "openai", "model": ""}, "model"),
        ({"use": "openai", "model": "m", "api_key": "sk-hush"}, "env:NAME"),
        ({"use": "openai", "model": "m", "base_url": "http://llm.test/v1"}, "write https"),
        ({"use": "openai", "model": "m", "base_url": "https://a:hush@llm.test"}, "credentials"),
        ({"use": "openai", "model": "m", "base_url": "llm.test"}, "absolute URL"),
        ({"use": "openai", "model": "m", "api": "soap"}, "api"),
        ({"use": "openai", "model": "m", "timeout": 0}, "timeout"),
        ({"use": "openai", "model": "m", "requests_per_minute": 0}, "requests_per_minute"),
        ({"use": "openai", "model": "m", "input_price": 1}, "come together"),
        ({"use": "openai", "model": "m", "cached_price": 1}, "comes with"),
        ({"use": "openai", "model": "m", "fallback": ["nowhere"]}, "no other model"),
        ({"use": "openai", "model": "m", "fallback": ["llm"]}, "no other model"),
        ({"use": "openai", "model": "m", "fallback": ["mail"]}, "no other model"),
        ({"use": "azure", "model": "m"}, "base_url"),
        ({"use": "azure", "model": "m", "base_url": "http://x.test"}, "write https"),
        (
            {"use": "azure", "model": "m", "base_url": "https://x.test", "api_version": "1"},
            "api_version",
        ),
        ({"use": "recorded"}, "file"),
        ({"use": "offline", "model": "m"}, "model"),
    ],
)
def test_wrong_settings_are_told_by_table_and_key(
    tmp_path: Path, table: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        connected(tmp_path, llm=table, mail={"use": "outbox"})
    assert raised.value.message.startswith("[connections.llm]")
    assert message in raised.value.message
    assert "hush" not in f"{raised.value.message}{raised.value.help}"
