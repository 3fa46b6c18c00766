"""`auterity validate` for a place, a day and a kind of dealer."""

from __future__ import annotations

from pathlib import Path

import pytest

from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project
from tests.cli.conftest import Cli

MARKETING = """
auterity: 1
name: news
input: {customer: Customer}
steps:
  consent:
    when: has(input.customer.email)
    uses: consent.check
    with: {channel: email, customer: "${input.customer}", purpose: marketing}
  mail:
    needs: consent.granted
    uses: email.send
    with:
      to: ${input.customer.email}
      purpose: marketing
      subject: News
      body: "New SUVs are in. Unsubscribe: https://dealer.example/leave. 1 Main St, Toledo, OH 43604"
ends: {sent: mail, no: {any: [consent.denied, consent.skipped]}}
"""


@pytest.fixture
def news() -> str:
    Path("news.yaml").write_text(MARKETING)
    return "news.yaml"


def test_law_of_another_place_is_asked_for_by_name(cli: Cli, news: str) -> None:
    assert cli("validate", news).code == 0
    ended = cli("validate", news, "--jurisdiction", "us-fl", "--jurisdiction", "ca")
    assert ended.code == 1
    assert "error[COM013 casl-expiry]" in ended.out
    assert "source: S.C. 2010 c. 23" in ended.out


def test_the_dealers_own_country_counts(cli: Cli, news: str) -> None:
    Path("auterity.toml").write_text('[dealership]\ncountry = "CA"\nregion = "ON"\n')
    assert "COM013" in cli("validate", news).out


@pytest.mark.parametrize("place", ["canada", "us_ca", ""])
def test_a_place_that_is_none_is_told(cli: Cli, news: str, place: str) -> None:
    ended = cli("validate", news, "--jurisdiction", place)
    assert ended.code == 2
    assert "is no jurisdiction" in ended.err


def test_a_place_without_rules_is_told(cli: Cli, news: str) -> None:
    ended = cli("validate", news, "--jurisdiction", "us-cf")
    assert ended.code == 2
    assert "no state `CF`" in ended.err
    ended = cli("validate", news, "--jurisdiction", "gb")
    assert ended.code == 2
    assert "no rule is of `gb`" in ended.err
    assert "`ca`, `eu`, `us`" in ended.err


@pytest.mark.parametrize("region", ["CA", "ca", "California", "US-CA"])
def test_a_state_counts_however_it_is_written(cli: Cli, news: str, region: str) -> None:
    Path("auterity.toml").write_text(f'[dealership]\nregion = "{region}"\n')
    policy = policy_of(Project.find(Path()))
    assert policy.dealer.jurisdictions == {"us", "us-ca"}


@pytest.mark.parametrize(("key", "value"), [("country", "USA"), ("region", "Bavaria")])
def test_a_dealer_of_nowhere_is_told(cli: Cli, news: str, key: str, value: str) -> None:
    Path("auterity.toml").write_text(f'[dealership]\n{key} = "{value}"\n')
    ended = cli("validate", news)
    assert ended.code == 2
    assert f"dealership.{key}" in ended.err


def test_a_rule_may_be_allowed_with_a_reason(cli: Cli, news: str) -> None:
    text = MARKETING.replace(
        "  mail:\n",
        '  # auterity: allow COM013 reason="no customer of ours is there" until=2099-01-01\n  mail:\n',
    )
    Path(news).write_text(text)
    assert cli("validate", news, "--jurisdiction", "ca").code == 0


def test_the_kind_of_dealer_is_one_of_two(cli: Cli, news: str) -> None:
    Path("auterity.toml").write_text('[dealership]\nkind = "leasing"\n')
    ended = cli("validate", news)
    assert ended.code == 2
    assert "dealership.kind" in ended.err
