"""Secrets of an environment: set by who may, sealed where they are kept, read by its own runs alone, shown to nobody."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.server.conftest import Owned, RunningServer, new_organisation, owner_of, settings_for
from tests.server.files import push
from tests.server.test_running import until

ASK = """auterity: 1
name: ask
input: {url: string}
steps:
  ask:
    uses: http.request
    with:
      url: "${input.url}"
      headers: {authorization: "${secrets.CRM_TOKEN}"}
    retry: {attempts: 1}
    timeout: 10s
output: {said: "${ask.text}"}
"""
JSON = {"content-type": "application/json"}
VALUE = "sk-4711-of-the-crm"


@dataclass
class Partner:
    """Another system on loopback, which answers with the authorization that it was shown."""

    url: str = ""
    shown: list[str] = field(default_factory=list)


@pytest.fixture
def partner() -> Iterator[Partner]:
    found = Partner()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.shown.append(self.headers["authorization"])
            body = f"you showed {found.shown[-1]}".encode()
            self.send_response(200)
            self.send_header("content-type", "text/plain")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def speaking(
    tmp_path: Path, partner: Partner, start_server: Callable[..., Any]
) -> Iterator[tuple[RunningServer, Owned]]:
    """A server whose operator lets it speak with the partner."""
    toml = tmp_path / "operator.toml"
    toml.write_text(f'[connections.partner]\nuse = "http"\nurl = "{partner.url}"\n')
    settings = settings_for(tmp_path / "data", connections=toml, now="2026-11-24T15:00:00Z")
    with start_server(settings) as server:
        link = server.do(new_organisation(server.wiring))
        with owner_of(server, link) as owned:
            owned.owner.done(f"/environments/{owned.staging}/pushes", push(ASK), 201)
            yield server, owned


def asked(owned: Owned, partner: Partner, *ends: str) -> Any:
    path = f"/environments/{owned.staging}"
    given = {"input": {"url": partner.url}}
    run = owned.owner.done(f"{path}/workflows/ask/runs", given, 201)
    return until(owned.owner, f"{path}/runs/{run['run_id']}", *ends)


def test_a_run_is_given_the_secret_of_its_environment_as_it_is_now(
    speaking: tuple[RunningServer, Owned], partner: Partner
) -> None:
    server, owned = speaking
    path = f"/environments/{owned.staging}/secrets/CRM_TOKEN"
    missing = asked(owned, partner, "failed")
    assert missing.error.type == "configuration"
    assert "CRM_TOKEN" in missing.error.message
    assert owned.owner.put(path, json={"value": VALUE}).status_code == 201
    run = asked(owned, partner, "succeeded")
    assert partner.shown == [VALUE]
    assert VALUE not in run.model_dump_json()
    assert owned.owner.put(path, json={"value": "another-one"}).status_code == 200
    asked(owned, partner, "succeeded")
    assert partner.shown[-1] == "another-one"
    assert owned.owner.delete(path).status_code == 204
    assert owned.owner.delete(path).status_code == 404
    asked(owned, partner, "failed")
    files = [each for each in server.wiring.settings.data.rglob("*") if each.is_file()]
    kept = b"".join(each.read_bytes() for each in files)
    assert b"you showed [secret]" in kept
    assert VALUE.encode() not in kept
    assert b"another-one" not in kept


def test_no_answer_and_no_audit_shows_a_value(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/secrets"
    made = owned.owner.put(f"{path}/CRM_TOKEN", json={"value": VALUE})
    for answer in (
        made,
        owned.owner.get(path),
        owned.owner.get(f"/organisations/{owned.organisation}/audit"),
        owned.owner.put(f"{path}/CRM_TOKEN", json={"value": VALUE, "more": 1}),
        owned.owner.put(f"{path}/not-a-name", json={"value": VALUE}),
        owned.owner.put(f"{path}/CRM_TOKEN", json={"value": [VALUE]}),
    ):
        assert VALUE not in answer.text
    [shown] = owned.owner.known(path)["items"]
    assert set(shown) == {"name", "by", "at"}
    entries = owned.owner.known(f"/organisations/{owned.organisation}/audit")["items"]
    found = [each for each in entries if each["action"] == "secrets:set"]
    assert [each["target"] for each in found] == ["secret/CRM_TOKEN"]


def test_a_value_that_is_too_short_to_be_left_out_of_texts_is_refused(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/secrets/PIN"
    assert owned.owner.put(path, json={"value": "123"}).status_code == 422
    half = owned.owner.put(path, content=b'{"value": "\\ud800abcd"}', headers=JSON)
    assert half.status_code == 422


def test_names_come_in_pages(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/secrets"
    for name in ("C", "A", "B"):
        owned.owner.put(f"{path}/{name}", json={"value": VALUE})
    page = owned.owner.known(path, limit=2)
    rest = owned.owner.known(path, limit=2, cursor=page["next"])
    assert [each["name"] for each in page["items"] + rest["items"]] == ["A", "B", "C"]
    assert rest["next"] is None


def test_an_environment_has_its_own_secrets_and_another_tenant_none(
    hosted: RunningServer, owned: Owned, another: Owned
) -> None:
    path = f"/environments/{owned.staging}/secrets"
    owned.owner.put(f"{path}/CRM_TOKEN", json={"value": VALUE})
    assert owned.owner.known(f"/environments/{owned.production}/secrets")["items"] == []
    assert another.owner.get(path).status_code == 404
    assert another.owner.put(f"{path}/CRM_TOKEN", json={"value": VALUE}).status_code == 404
    assert another.owner.delete(f"{path}/CRM_TOKEN").status_code == 404
    assert another.owner.known(f"/environments/{another.staging}/secrets")["items"] == []
    operator = owned.invite(hosted, "operator")
    assert len(operator.known(path)["items"]) == 1
    assert operator.put(f"{path}/CRM_TOKEN", json={"value": VALUE}).status_code == 403
    assert VALUE not in json.dumps(operator.known(path))
