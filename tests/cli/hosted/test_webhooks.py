"""`webhooks create`, `list`, `rotate`, `delete` and `deliveries` against the server process."""

from __future__ import annotations

import json

from tests.cli.hosted.conftest import Desk, Typed
from tests.server.triggers.signing import plain, post, standard
from tests.server.triggers.test_webhooks import SOLD

BODY = b'{"unit": {"stock": "P1043"}}'


def test_a_webhook_from_its_making_to_its_end(desk: Desk) -> None:
    desk.write("workflows/sold.yaml", SOLD)
    pushed = desk("push")
    assert "auterity webhooks create dms/sold --format json" in pushed.err
    made = desk("webhooks", "create", "dms/sold")
    assert made.code == 0, made.err
    url, secret = (line.split()[1] for line in made.out.splitlines())
    assert "shown this once" in made.err
    assert post(url, BODY, standard(secret, BODY)).status_code == 202
    assert post(url, BODY, standard(secret, b"{}", "m2")).status_code == 401
    listed = desk("webhooks", "list")
    assert listed.out.splitlines()[0] == "dms/sold"
    assert "  starts sold" in listed.out
    assert secret not in listed.out
    came = desk("webhooks", "deliveries", "dms/sold")
    assert "  401  signature  28 bytes" in came.out
    assert "  202  accepted  28 bytes" in came.out
    assert came.err.endswith("2 messages\n")
    rotated = json.loads(desk("webhooks", "rotate", "dms/sold", "--overlap", "0s", "--json").out)
    assert post(url, BODY, standard(secret, BODY, "m3")).status_code == 401
    assert post(url, BODY, standard(rotated["secret"], BODY, "m3")).status_code == 202
    assert desk("webhooks", "delete", rotated["webhook"]["id"][:12]).code == 0
    assert desk("webhooks", "list", "--json").out.strip() == "[]"


def test_a_secret_of_the_other_system_comes_by_standard_input(desk: Desk, typed: Typed) -> None:
    typed("made by the other system\n")
    words = ("--event", "crm.lead", "--hmac", "X-Sig", "--prefix", "sha256=", "--given-secret")
    made = desk("webhooks", "create", *words)
    assert made.code == 0, made.err
    assert "HMAC sha256 in X-Sig" in made.err
    url = made.out.split()[1]
    signature = f"sha256={plain('made by the other system', BODY)}"
    assert post(url, BODY, {"x-sig": signature}).status_code == 202


def test_what_cannot_be_is_said_without_the_secret(desk: Desk, typed: Typed) -> None:
    typed("short\n")
    ended = desk("webhooks", "create", "leads", "--given-secret")
    assert ended.code == 2
    assert "secret" in ended.err
    assert "short\n" not in ended.err.replace("too short", "")
    assert desk("webhooks", "create").code == 2
    assert "there is no webhook `none`" in desk("webhooks", "rotate", "none").err
