"""The stock as a project connects it."""

import json
import os
from pathlib import Path

from tests.cli.conftest import Cli

WORKFLOW = """\
auterity: 1
name: look
input: {model: string}
steps:
  found:
    uses: inventory.search
    with: {model: "${input.model}", most: 1}
    timeout: 1m
output: {found: "${found.vehicles.map(each, each.stock)}", total: "${found.total}", unread: "${found.unread}"}
"""
SETTINGS = '[connections.inventory]\nuse = "stock_feed"\nfile = "feeds/stock.csv"\n'
HEAD = "Stock,Make,Model,Price\n"


def test_a_file_of_the_project_is_looked_into_as_it_is_now(cli: Cli) -> None:
    Path("look.yaml").write_text(WORKFLOW)
    feed = Path("feeds/stock.csv")
    feed.parent.mkdir()
    feed.write_text(HEAD + "1,Honda,Civic,27495\n2,Honda,Civic,21000\n,Honda,Civic,1\n")
    Path("auterity.toml").write_text(SETTINGS)
    ended = cli("run", "look.yaml", "-i", "model=civic", "--json")
    assert json.loads(ended.out)["output"] == {"found": ["2"], "total": 2, "unread": 1}
    feed.write_text(HEAD + "7,Honda,Civic,9000\n")
    os.utime(feed, ns=(1, 1))
    ended = cli("run", "look.yaml", "-i", "model=civic", "--json")
    assert json.loads(ended.out)["output"] == {"found": ["7"], "total": 1, "unread": 0}


def test_what_is_not_there_or_no_feed_is_told(cli: Cli) -> None:
    Path("look.yaml").write_text(WORKFLOW)
    ended = cli("run", "look.yaml", "-i", "model=civic", "--json")
    assert ended.code != 0
    assert "no stock is connected" in ended.out + ended.err
    Path("auterity.toml").write_text(SETTINGS)
    ended = cli("run", "look.yaml", "-i", "model=civic", "--json")
    assert "cannot be read: no such file" in ended.out + ended.err
    Path("feeds").mkdir()
    Path("feeds/stock.csv").write_text("Make,Model\n")
    ended = cli("run", "look.yaml", "-i", "model=civic", "--json")
    assert "it has no column for stock" in ended.out + ended.err
