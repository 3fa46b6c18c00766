"""Connections of an environment: its runs use them, they reach the public Internet alone, and nothing of the server's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.connections.mail import Mail, Mailer
from auterity_sdk.connections.web import Web, WebRequest
from auterity_sdk.errors import AuterityError, ConfigurationError, StepError
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import Settings
from auterity_server.database.connections import KeptConnection
from auterity_server.running.connections import connections_of
from auterity_server.running.environment_connections import EnvironmentConnections
from auterity_server.running.own_settings import own_settings
from tests.connections.conftest import Mailbox, mail_server
from tests.connections.web_server import answer, serving
from tests.server.conftest import Owned, RunningServer

__all__ = ["mail_server"]

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
MAIL = Mail("jo@example.com", "Hello", "Hi Jo")
Made = Callable[..., EnvironmentConnections]


class Names:
    """Resolves every name, to one answer after another."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


def kept(name: str, uses: str, **options: Any) -> KeptConnection:
    return KeptConnection(name, uses, options, f"r-{uses}-{options}", "usr_1", 0)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    def make(names: Names, *own: KeptConnection, **operators: Any) -> EnvironmentConnections:
        settings = Settings.model_validate({"connections": operators})
        project = Project(tmp_path, settings, python=False)
        behind = connections_of(project, usage=None)  # type: ignore[arg-type]
        found = EnvironmentConnections(behind, project, lambda name: f"the {name}", names)
        found.go_by(own)
        return found

    return make


@pytest.fixture
def public_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """For once, this machine is the public Internet: the tests have no other."""
    monkeypatch.setattr(
        "auterity_sdk.connections.public_address.is_public", lambda address: bool(address)
    )


async def test_a_request_carries_the_secret_of_its_connection(
    made: Made, public_loopback: None
) -> None:
    async with serving(answer(body=b"ok")) as server:
        url = f"http://crm.example:{server.port}/api"
        crm = kept("crm", "http", url=url, headers={"Authorization": "secret:CRM_TOKEN"})
        here = made(Names(["127.0.0.1"]), crm)
        assert list(here.names) == ["crm"]
        found = await here.get(Web, "crm").send(WebRequest("GET", "leads"))
        assert found.body == b"ok"
        assert "authorization: the CRM_TOKEN" in server.requests[0]
        assert f"host: crm.example:{server.port}" in server.requests[0].lower()


@pytest.mark.parametrize(
    "answers",
    [
        [["127.0.0.1"]],
        [["10.0.0.7"]],
        [["169.254.169.254"]],
        [["::1"]],
        [["::ffff:127.0.0.1"]],
        [["93.184.216.34", "127.0.0.1"]],
    ],
)
async def test_no_name_leads_into_the_server_s_own_network(
    made: Made, answers: list[list[str]]
) -> None:
    async with serving(answer(body=b"inside")) as server:
        inside = kept("crm", "http", url=f"http://rebound.example:{server.port}/")
        mail = kept("mail", "smtp", host="rebound.example", port=server.port, sender="a@b.example")
        here = made(Names(*answers), inside, mail)
        with pytest.raises(StepError) as raised:
            await here.get(Web, "crm").send(WebRequest("GET", "x"))
        assert raised.value.type == "address_refused"
        with pytest.raises(StepError) as raised:
            await here.get(Mailer, "mail").send_mail(MAIL, key="k", at=NOW)
        assert raised.value.type == "address_refused"
        assert server.requests == []


async def test_a_name_that_is_another_address_by_the_next_question_is_asked_once(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what was looked at is what is connected to."""
    monkeypatch.setattr(
        "auterity_sdk.connections.public_address.is_public", lambda address: address == "127.0.0.1"
    )
    async with serving(answer(body=b"looked at")) as server:
        names = Names(["127.0.0.1"], ["127.0.0.2"])
        here = made(names, kept("crm", "http", url=f"http://rebound.example:{server.port}/"))
        found = await here.get(Web, "crm").send(WebRequest("GET", "x"))
        assert (found.body, names.asked) == (b"looked at", 1)
        with pytest.raises(StepError, match="not on the public Internet"):
            await here.get(Web, "crm").send(WebRequest("GET", "x"))


async def test_no_redirect_leads_into_the_server_s_own_network(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "auterity_sdk.connections.public_address.is_public", lambda address: address == "127.0.0.1"
    )
    async with serving(answer(302, location="http://inside.example/secrets")) as server:
        names = Names(["127.0.0.1"], ["10.0.0.7"])
        here = made(names, kept("crm", "http", url=f"http://crm.example:{server.port}/"))
        with pytest.raises(StepError) as raised:
            await here.get(Web, "crm").send(WebRequest("GET", "x"))
        assert raised.value.type == "address_refused"


async def test_a_model_is_asked_at_a_public_address_alone(made: Made) -> None:
    async with serving(answer(body=b"{}")) as server:
        url = f"http://127.0.0.1:{server.port}/v1"
        with pytest.raises(ConfigurationError, match="public"):
            own_settings("llm", {"use": "openai", "model": "m", "base_url": url}, str)
        # One that was kept before the check, or whose name leads inside, is refused when it is asked.
        named = kept("llm", "openai", model="m", base_url="https://rebound.example/v1")
        here = made(Names(["127.0.0.1"]), named)
        model = here.get(LanguageModel)
        with pytest.raises(AuterityError):
            await asyncio.wait_for(model.embed(["a text"]), 20)
        assert server.requests == []


async def test_mail_goes_by_the_environment_s_own_server_before_the_operator_s(
    made: Made, mail_server: Any, public_loopback: None
) -> None:
    handler: Mailbox = mail_server.handler
    behind = {"use": "smtp", "host": "127.0.0.1", "port": 1, "security": "none"}
    here = made(Names(["127.0.0.1"]), operator={**behind, "sender": "o@host.example"})
    assert list(here.names) == ["operator"]
    own = kept("ours", "smtp", host="mail.example", port=mail_server.port, sender="a@b.example")
    here.go_by([own])
    assert list(here.names) == ["operator", "ours"]
    with pytest.raises(StepError) as raised:
        # It has no certificate: the environment's own mail is encrypted or not sent.
        await here.get(Mailer).send_mail(MAIL, key="k", at=NOW)
    assert raised.value.type == "insecure"
    assert handler.mails == []
    here.go_by([])
    assert list(here.names) == ["operator"]


def test_what_is_not_served_by_its_own_is_served_by_the_operator_s(made: Made) -> None:
    here = made(Names(), kept("mail", "smtp", host="mail.example", sender="a@b.example"))
    assert here.get(Web).__class__.__name__ == "NoWeb"
    with pytest.raises(ConfigurationError):
        here.get(Mailer, "crm")


REFUSED = {
    "the server's variable": ("http", {"url": "https://a.example", "headers": {"a": "env:HOME"}}),
    "the server's file": ("smtp", {"host": "a.example", "sender": "a@b.example", "username": "u", "password": "file:/etc/passwd"}),
    "the operator's key": ("openai", {"model": "gpt"}),
    "the operator's azure key": ("azure", {"model": "gpt", "base_url": "https://a.example"}),
    "a secret in clear": ("http", {"url": "https://a.example", "headers": {"Authorization": "hush-hush-hush"}}),
    "loopback": ("http", {"url": "http://127.0.0.1:8420/"}),
    "loopback by name": ("http", {"url": "http://localhost./"}),
    "a private address": ("http", {"url": "http://10.0.0.7/"}),
    "the address of metadata": ("http", {"url": "http://169.254.169.254/latest"}),
    "IPv6 loopback": ("http", {"url": "http://[::1]/"}),
    "mail within": ("smtp", {"host": "192.168.0.7", "sender": "a@b.example"}),
    "mail in clear": ("smtp", {"host": "localhost", "security": "none", "sender": "a@b.example"}),
    "a model within": ("openai", {"model": "m", "base_url": "http://127.0.0.1:11434/v1"}),
    "a file": ("stock_feed", {"file": "/etc/passwd"}),
    "code": ("langchain", {"runnable": "os:system", "model": "m"}),
    "a recording": ("recorded", {"file": "/etc/passwd"}),
    "an option that is not": ("http", {"url": "https://a.example", "verify": False}),
    "a fallback that is not": ("openai", {"model": "m", "api_key": "secret:K", "fallback": ["x"]}),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_an_environment_cannot_connect_with(owned: Owned, case: str) -> None:
    uses, options = REFUSED[case]
    path = f"/environments/{owned.staging}/connections/c"
    found = owned.owner.put(path, json={"uses": uses, "options": options})
    assert found.status_code == 422, found.text
    assert "hush-hush-hush" not in found.text
    assert owned.owner.get(path).status_code == 404


def test_a_connection_is_set_looked_at_and_deleted(hosted: RunningServer, owned: Owned) -> None:
    path = f"/environments/{owned.staging}/connections"
    options = {"url": "https://crm.example/api", "headers": {"Authorization": "secret:CRM_TOKEN"}}
    asked = {"uses": "http", "options": options}
    made = owned.owner.put(f"{path}/crm", json=asked)
    assert made.status_code == 201, made.text
    assert (made.json()["secrets"], made.json()["missing"]) == (["CRM_TOKEN"], ["CRM_TOKEN"])
    runs = hosted.wiring.runs.known(owned.staging)
    assert runs is not None
    assert list(runs.connections.names) == ["crm"]
    owned.owner.put(f"/environments/{owned.staging}/secrets/CRM_TOKEN", json={"value": "hush"})
    found = owned.owner.get(f"{path}/crm")
    assert found.json()["missing"] == []
    assert found.headers["etag"] != made.headers["etag"]
    again = owned.owner.put(f"{path}/crm", json=asked, headers={"If-Match": made.headers["etag"]})
    assert again.status_code == 200
    stale = owned.owner.put(f"{path}/crm", json=asked, headers={"If-Match": made.headers["etag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-meanwhile")
    assert owned.owner.delete(f"{path}/crm").status_code == 204
    assert owned.owner.delete(f"{path}/crm").status_code == 404
    assert list(runs.connections.names) == []
    entries = owned.owner.known(f"/organisations/{owned.organisation}/audit")["items"]
    said = [each["action"] for each in entries if each["action"].startswith("connections:")]
    assert said == ["connections:set", "connections:set", "connections:delete"]


def test_a_model_that_another_falls_back_on_stays(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/connections"
    second = {"uses": "openai", "options": {"model": "m", "api_key": "secret:K"}}
    assert owned.owner.put(f"{path}/second", json=second).status_code == 201
    first = {"uses": "openai", "options": {**second["options"], "fallback": ["second"]}}  # type: ignore[dict-item]
    assert owned.owner.put(f"{path}/llm", json=first).status_code == 201
    assert owned.owner.delete(f"{path}/second").status_code == 409
    assert owned.owner.delete(f"{path}/llm").status_code == 204
    assert owned.owner.delete(f"{path}/second").status_code == 204


def test_another_tenant_has_none_of_it(hosted: RunningServer, owned: Owned, another: Owned) -> None:
    path = f"/environments/{owned.staging}/connections"
    asked = {"uses": "http", "options": {"url": "https://crm.example/"}}
    assert owned.owner.put(f"{path}/crm", json=asked).status_code == 201
    for answer_ in (
        another.owner.get(path),
        another.owner.get(f"{path}/crm"),
        another.owner.put(f"{path}/crm", json=asked),
        another.owner.delete(f"{path}/crm"),
    ):
        assert answer_.status_code == 404
    assert another.owner.known(f"/environments/{another.staging}/connections")["items"] == []
    operator = owned.invite(hosted, "operator")
    assert operator.put(f"{path}/crm", json=asked).status_code == 403
    assert operator.get(f"{path}/crm").status_code == 200
