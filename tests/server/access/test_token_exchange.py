"""Tokens of a CI service are exchanged for keys of a short life: only such as the trust says, whatever is tried."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

from tests.server.access.issuer import DISCOVERY, Issuer, serving
from tests.server.conftest import (
    Caller,
    Owned,
    RunningServer,
    new_organisation,
    owner_of,
    running,
    settings_for,
)
from tests.server.files import PAUSE, push

OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - is refused


@dataclass
class Ci:
    """A CI service, and an organisation that trusts it."""

    server: RunningServer
    owned: Owned
    issuer: Issuer
    trust: dict[str, Any]

    def exchange(self, token: str, trust: str = "") -> tuple[int, dict[str, Any]]:
        asked = {"trust": trust or self.trust["id"], "subject_token": token}
        with Caller(self.server, "") as stranger:
            answer = stranger.post("/tokens/exchange", json=asked, headers={"Authorization": ""})
        return answer.status_code, answer.json()

    def signed_in(self, token: str) -> Caller:
        status, found = self.exchange(token)
        assert status == 200, found
        return Caller(self.server, found["access_token"])


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def trusting(
    issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningServer, Owned]]:
    data: Path = tmp_path_factory.mktemp("trusting") / "data"
    with (
        running(settings_for(data, oidc_issuers=issuer.url)) as server,
        owner_of(server, server.do(new_organisation(server.wiring))) as owned,
    ):
        yield server, owned


@pytest.fixture
def ci(trusting: tuple[RunningServer, Owned], issuer: Issuer) -> Ci:
    server, owned = trusting
    issuer.others.clear()
    issuer.described.clear()
    issuer.asked.clear()
    trust = owned.owner.done(
        f"/organisations/{owned.organisation}/trusts", wanted(owned, issuer), 201
    )
    return Ci(server, owned, issuer, trust)


def wanted(owned: Owned, issuer: Issuer, /, **changed: Any) -> dict[str, Any]:
    return {
        "name": "CI",
        "issuer": issuer.url,
        "audience": "https://auterity.example",
        "conditions": {"repository": ["smith-auto/workflows"], "ref": ["refs/heads/main", "refs/heads/next"]},
        "role": "developer",
        "scope": {"kind": "environment", "id": owned.staging},
        "lifetime": 600,
    } | changed  # fmt: skip


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_job_pushes_with_its_token_and_does_nothing_else(ci: Ci, algorithm: str) -> None:
    key, kid = (None, "one") if algorithm == "RS256" else (ci.issuer.curve, "two")
    with ci.signed_in(ci.issuer.token(key=key, algorithm=algorithm, kid=kid)) as job:
        pushed = job.post(f"/environments/{ci.owned.staging}/pushes", json=push(PAUSE))
        assert pushed.status_code in (200, 201), pushed.text
        refused = job.post(f"/environments/{ci.owned.production}/pushes", json=push(PAUSE))
        assert refused.status_code == 404
        keys = job.get(f"/organisations/{ci.owned.organisation}/api-keys")
        assert keys.status_code == 403
    audit = ci.owned.owner.known(f"/organisations/{ci.owned.organisation}/audit", limit=200)[
        "items"
    ]
    assert "tokens:exchange" in {each["action"] for each in audit}
    listed = ci.owned.owner.known(f"/organisations/{ci.owned.organisation}/api-keys")["items"]
    assert "CI" not in {each["name"] for each in listed}


def test_the_command_pushes_with_the_token_of_its_job(ci: Ci, tmp_path: Path) -> None:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "job.yaml").write_text(PAUSE.replace("name: pause", "name: job"))
    environment = {
        **os.environ,
        "AUTERITY_SERVER": ci.server.url,
        "AUTERITY_ENVIRONMENT": ci.owned.staging,
        "AUTERITY_OIDC_TRUST": ci.trust["id"],
        "AUTERITY_OIDC_TOKEN": ci.issuer.token(),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    environment.pop("AUTERITY_TOKEN", None)
    command = [sys.executable, "-m", "auterity_cli", "push", "--project", str(tmp_path)]
    pushed = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert pushed.returncode == 0, pushed.stderr
    assert "+ job" in pushed.stdout
    environment["AUTERITY_OIDC_TOKEN"] = ci.issuer.token(ref="refs/heads/evil")
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 4
    assert "`ref` is not what the trust asks for" in refused.stderr


def none_of(ci: Ci, token: str) -> str:
    """The token without a signature, and saying so."""
    _, body, _ = token.split(".")
    head = json.dumps({"alg": "none", "kid": "one"}).encode()
    return f"{base64.urlsafe_b64encode(head).rstrip(b'=').decode()}.{body}."


def hs256_of(ci: Ci, token: str) -> str:
    """Signed by HMAC, with the public key as the secret."""
    import hashlib
    import hmac

    _, body, _ = token.split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "one"}).encode()).rstrip(
        b"="
    )
    said = head + b"." + body.encode()
    mac = hmac.new(ci.issuer.pem, said, hashlib.sha256).digest()
    return (said + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


def embedded(ci: Ci) -> str:
    key = json.loads(RSAAlgorithm.to_jwk(OTHER.public_key()))
    return ci.issuer.token(key=OTHER, header={"jwk": key})


def small(ci: Ci) -> str:
    key = json.loads(RSAAlgorithm.to_jwk(SMALL.public_key()))
    ci.issuer.others.append({**key, "kid": "small"})
    return ci.issuer.token(key=SMALL, kid="small")


NOW = int(time.time())
ATTACKS: dict[str, Callable[[Ci], str]] = {
    "nothing": lambda ci: "",
    "no token": lambda ci: "a.b.c",
    "none": lambda ci: none_of(ci, ci.issuer.token()),
    "HS256 with the public key": lambda ci: hs256_of(ci, ci.issuer.token()),
    "foreign key": lambda ci: ci.issuer.token(key=OTHER),
    "unknown key": lambda ci: ci.issuer.token(key=OTHER, kid="three"),
    "embedded key": embedded,
    "address of a key": lambda ci: ci.issuer.token(key=OTHER, header={"jku": "https://evil.example"}),
    "critical header": lambda ci: ci.issuer.token(header={"crit": ["exp"]}),
    "key of another kind": lambda ci: ci.issuer.token(key=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256"),
    "another algorithm": lambda ci: ci.issuer.token(algorithm="RS512"),
    "short key": small,
    "expired": lambda ci: ci.issuer.token(iat=NOW - 900, nbf=NOW - 900, exp=NOW - 600),
    "not yet valid": lambda ci: ci.issuer.token(nbf=NOW + 3600, exp=NOW + 7200),
    "of the future": lambda ci: ci.issuer.token(iat=NOW + 3600, exp=NOW + 7200),
    "without an end": lambda ci: ci.issuer.token(exp=None),
    "without a subject": lambda ci: ci.issuer.token(sub=None),
    "wrong audience": lambda ci: ci.issuer.token(aud="https://another.example"),
    "wrong issuer": lambda ci: ci.issuer.token(iss="https://another.example"),
    "another repository": lambda ci: ci.issuer.token(repository="evil/workflows"),
    "a longer repository": lambda ci: ci.issuer.token(repository="smith-auto/workflows-evil"),
    "another branch": lambda ci: ci.issuer.token(ref="refs/heads/evil"),
    "a claim that is missing": lambda ci: ci.issuer.token(ref=None),
    "a claim of another kind": lambda ci: ci.issuer.token(ref=["refs/heads/main"]),
    "changed by a letter": lambda ci: ci.issuer.token()[:-8] + "AAAAAAAA",
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:The RSA key is 1024 bits long")
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_other_token_is_exchanged(ci: Ci, attack: str) -> None:
    status, found = ci.exchange(ATTACKS[attack](ci))
    assert (status, found["code"]) == (401, "sign-in-refused"), found
    assert "access_token" not in found


def test_an_access_token_of_the_server_is_none_of_an_issuer(ci: Ci) -> None:
    own = str(ci.owned.owner.headers["Authorization"]).partition(" ")[2]
    assert ci.exchange(own)[0] == 401
    assert ci.exchange(ci.issuer.token(), trust="trs_none")[0] == 401


def test_what_is_no_longer_trusted_is_over_at_once(ci: Ci) -> None:
    with ci.signed_in(ci.issuer.token()) as job:
        job.known("/me")
        path = f"/organisations/{ci.owned.organisation}/trusts"
        assert ci.trust["id"] in {
            each["id"] for each in ci.owned.owner.known(path, limit=200)["items"]
        }
        assert ci.owned.owner.delete(f"{path}/{ci.trust['id']}").status_code == 204
        assert job.get("/me").status_code == 401
    assert ci.exchange(ci.issuer.token())[0] == 401
    assert ci.owned.owner.delete(f"{path}/{ci.trust['id']}").status_code == 404


def test_keys_are_kept_and_an_unknown_one_is_not_asked_for_again_and_again(ci: Ci) -> None:
    ci.signed_in(ci.issuer.token()).close()
    before = len(ci.issuer.asked)
    for _ in range(5):
        ci.exchange(ci.issuer.token(key=OTHER, kid="unknown"))
        ci.signed_in(ci.issuer.token()).close()
    assert len(ci.issuer.asked) <= before + 2
    assert {*ci.issuer.asked} <= {DISCOVERY, "/keys"}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"issuer": "http://issuer.example"}, "body/issuer"),
        ({"issuer": "ftp://issuer.example"}, "body/issuer"),
        ({"conditions": {}}, "body/conditions"),
        ({"conditions": {"ref": []}}, "body/conditions/ref"),
        ({"lifetime": 3601}, "body/lifetime"),
        ({"scope": {"kind": "environment", "id": "env_none"}}, "body/scope"),
    ],
)
def test_a_trust_that_cannot_be_is_refused(ci: Ci, change: dict[str, Any], place: str) -> None:
    path = f"/organisations/{ci.owned.organisation}/trusts"
    found = ci.owned.owner.done(path, wanted(ci.owned, ci.issuer, **change), 422)
    assert [each["location"] for each in found["errors"]] == [place]


Start = Callable[..., AbstractContextManager[RunningServer]]


@pytest.mark.parametrize("described", [{"issuer": "https://another.example"}, {"jwks_uri": "http://169.254.169.254/keys"}, {"jwks_uri": 7}])  # fmt: skip
def test_an_issuer_speaks_for_itself_alone(
    start_server: Start, data: Path, described: dict[str, Any]
) -> None:
    with serving() as issuer, start_server(settings_for(data, oidc_issuers=issuer.url)) as server:
        issuer.described.update(described)
        with owner_of(server, server.do(new_organisation(server.wiring))) as owned:
            path = f"/organisations/{owned.organisation}/trusts"
            trust = owned.owner.done(path, wanted(owned, issuer), 201)
            found = Ci(server, owned, issuer, trust)
            assert found.exchange(issuer.token())[0] == 503
            assert issuer.asked == [DISCOVERY]


def test_an_issuer_inside_the_network_is_not_asked_unless_it_is_named(
    start_server: Start, data: Path
) -> None:
    with (
        serving() as issuer,
        start_server(settings_for(data)) as server,
        owner_of(server, server.do(new_organisation(server.wiring))) as owned,
    ):
        path = f"/organisations/{owned.organisation}/trusts"
        asked = wanted(owned, issuer)
        assert owned.owner.done(path, asked, 422)["errors"][0]["location"] == "body/issuer"
        inside = issuer.url.replace("http:", "https:")
        trust = owned.owner.done(path, asked | {"issuer": inside}, 201)
        found = Ci(server, owned, issuer, trust)
        assert found.exchange(issuer.token(iss=inside))[0] == 503
        assert issuer.asked == []
