"""`secrets set`, `list`, `delete` and `connections` against the server process."""

from __future__ import annotations

import json

from tests.cli.hosted.conftest import Desk, Typed


def test_a_secret_is_set_from_standard_input_listed_and_deleted(desk: Desk, typed: Typed) -> None:
    typed("sk-4711-of-the-crm\n")
    made = desk("secrets", "set", "CRM_TOKEN")
    assert made.code == 0, made.err
    assert made.err == "set CRM_TOKEN\n"
    listed = desk("secrets", "list")
    assert listed.out.startswith("CRM_TOKEN  ")
    assert listed.err == "1 secret\n"
    [found] = json.loads(desk("secrets", "list", "--json").out)
    assert set(found) == {"name", "by", "at"}
    for said in (made, listed):
        assert "4711" not in said.out + said.err
    assert desk("secrets", "delete", "CRM_TOKEN").code == 0
    assert desk("secrets", "delete", "CRM_TOKEN").code != 0


def test_what_is_no_secret_is_said_without_it(desk: Desk, typed: Typed) -> None:
    typed("abc")
    ended = desk("secrets", "set", "CRM_TOKEN")
    assert ended.code == 2
    assert "abc" not in ended.err
    typed("")
    assert desk("secrets", "set", "CRM_TOKEN").code == 2
    typed("long enough")
    wrong = desk("secrets", "set", "not-a-name")
    assert wrong.code != 0
    assert "long enough" not in wrong.err


def test_a_connection_is_set_listed_and_deleted(desk: Desk) -> None:
    words = ("crm", "http", "url=https://crm.example/api")
    made = desk("connections", "set", *words, "--header", "Authorization=secret:CRM_TOKEN")
    assert made.code == 0, made.err
    assert made.out == "crm  http  https://crm.example/api  secrets CRM_TOKEN\n"
    assert "auterity secrets set CRM_TOKEN" in made.err
    assert desk("connections", "list").out == made.out
    refused = desk("connections", "set", "crm", "http", "url=http://127.0.0.1/")
    assert refused.code != 0
    assert "not on the public Internet" in refused.err
    assert desk("connections", "delete", "crm").code == 0
    assert desk("connections", "list", "--json").out.strip() == "[]"
