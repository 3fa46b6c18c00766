"""People are invited and keys are made from the command line, and can do what their role says."""

import json

import pytest

from tests.cli.hosted.conftest import Desk
from tests.server.conftest import sign_in
from tests.server.files import PAUSE


def test_somebody_is_invited_and_signs_in_by_the_link(desk: Desk) -> None:
    made = desk("users", "invite", "lee@group.example", "--name", "Lee Park", "--role", "approver", "--in", "staging", "--answers", "sales_manager")  # fmt: skip
    assert made.code == 0, made.err
    link = made.out.strip()
    assert "/sign-in#aut_link_" in link
    with sign_in(desk.server, link.partition("#")[2]) as lee:
        [membership] = lee.known("/me")["memberships"]
        [grant] = membership["grants"]
        assert grant["scope"] == {"kind": "environment", "id": desk.owned.staging}
        assert grant["business_roles"] == ["sales_manager"]
    listed = desk("users", "list")
    assert "lee@group.example  Lee Park  approver of the environment as sales_manager" in listed.out
    rows = json.loads(desk("users", "list", "--json").out)
    assert {each["name"] for each in rows} == {"Owner", "Lee Park"}


def test_a_key_is_made_used_and_revoked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk("keys", "make", "CI", "--role", "developer", "--in", "staging", "--days", "7")
    assert made.code == 0, made.err
    id_, secret = made.err.partition(",")[0], made.out.strip()
    desk.write("workflows/pause.yaml", PAUSE)
    with monkeypatch.context() as job:
        job.setenv("AUTERITY_SERVER", desk.server.url)
        job.setenv("AUTERITY_ENVIRONMENT", desk.owned.staging)
        job.setenv("AUTERITY_TOKEN", secret)
        assert desk("push").code == 0
        assert desk("keys", "list").code != 0
    listed = desk("keys", "list")
    assert id_ in listed.out
    assert secret not in listed.out
    assert desk("keys", "revoke", id_).code == 0
    assert f"{id_}  {secret[:12]}…  revoked" in desk("keys", "list").out
    monkeypatch.setenv("AUTERITY_TOKEN", secret)
    assert desk("push").code == 4


def test_a_ci_service_is_trusted_and_no_longer(desk: Desk) -> None:
    made = desk("trusts", "add", "CI", "--role", "developer", "--in", "staging", "--where", "repository=a/b", "--where", "ref=refs/heads/main", "--where", "ref=refs/heads/next", "--seconds", "300")  # fmt: skip
    assert made.code == 0, made.err
    id_ = made.out.strip()
    [shown] = json.loads(desk("trusts", "list", "--json").out)
    assert shown["id"] == id_
    assert shown["issuer"] == "https://token.actions.githubusercontent.com"
    assert shown["audience"] == desk.server.url
    assert shown["conditions"] == {
        "repository": ["a/b"],
        "ref": ["refs/heads/main", "refs/heads/next"],
    }
    assert shown["scope"] == {"kind": "environment", "id": desk.owned.staging}
    assert shown["lifetime"] == 300
    listed = desk("trusts", "list").out
    assert f"{id_}  CI  developer of the environment" in listed
    assert "ref: refs/heads/main or refs/heads/next" in listed
    assert desk("trusts", "remove", id_).code == 0
    assert desk("trusts", "list").out == ""
    gone = desk("trusts", "remove", id_)
    assert gone.code != 0
    assert "there is no such trust" in gone.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--where", "repository"), "--where takes CLAIM=TEXT"),
        (("--where", "a=b", "--issuer", "gitlab.com"), "that is no trust: issuer"),
        (("--where", "=b"), "that is no trust: conditions"),
    ],
)
def test_what_is_no_trust_is_said(desk: Desk, more: tuple[str, ...], said: str) -> None:
    refused = desk("trusts", "add", "CI", "--role", "developer", *more)
    assert refused.code == 2
    assert said in refused.err


def test_what_cannot_be_is_said(desk: Desk) -> None:
    unknown = desk("keys", "make", "CI", "--role", "developer", "--in", "stagin")
    assert unknown.code == 2
    assert "did you mean staging?" in unknown.err
    desk.become("viewer")
    refused = desk("users", "invite", "lee@group.example", "--role", "owner")
    assert refused.code != 0
    assert "users:manage" in refused.err


def test_mails_of_what_waits_are_turned_off_and_on(desk: Desk) -> None:
    assert desk("users", "notify").out == "on\n"
    assert desk("users", "notify", "off").out == "off\n"
    assert json.loads(desk("users", "notify", "--json").out) == {"notified": False}
    assert desk("users", "notify", "on").out == "on\n"
