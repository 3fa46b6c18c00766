"""Access tokens that somebody made up: each is refused, and says no more than that one has to sign in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select

from auterity_server.access.signing_keys import SigningKey
from auterity_server.database.tables.sessions import sessions
from tests.server.access.conftest import House, grow_old, other_process

FOREIGN = rsa.generate_private_key(65537, 2048)


class Forge:
    """Knows all that is public, and the ids of a session that is good; makes tokens of it."""

    def __init__(self, key: SigningKey, user: str, session: str) -> None:
        self.key = key
        self.header: dict[str, Any] = {"alg": "RS256", "kid": key.kid, "typ": "at+jwt"}
        now = int(time.time())
        self.claims: dict[str, Any] = {
            "iss": "auterity",
            "aud": "auterity-api",
            "sub": user,
            "sid": session,
            "iat": now,
            "nbf": now,
            "exp": now + 300,
            "jti": "forged",
        }

    @property
    def public_pem(self) -> bytes:
        return self.key.private.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )

    def signed(self, private: rsa.RSAPrivateKey | None = None, **changed: Any) -> str:
        claims = {**self.claims, **changed}
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {
            name: value
            for name, value in self.header.items()
            if name != "alg" and value is not None
        }
        return jwt.encode(claims, private or self.key.private, "RS256", headers=header)

    def written(self, header: dict[str, Any], secret: bytes | None) -> str:
        said = ".".join(_part(json.dumps(part).encode()) for part in (header, self.claims))
        if secret is None:
            return f"{said}."
        return f"{said}.{_part(hmac.new(secret, said.encode(), hashlib.sha256).digest())}"

    def with_header(self, private: rsa.RSAPrivateKey | None = None, **more: Any) -> str:
        self.header.update(more)
        return self.signed(private)


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _foreign_jwk() -> dict[str, Any]:
    return RSAAlgorithm.to_jwk(FOREIGN.public_key(), as_dict=True)


ATTACKS: dict[str, Callable[[Forge], str]] = {
    "none": lambda f: f.written({**f.header, "alg": "none"}, None),
    "None": lambda f: f.written({**f.header, "alg": "None"}, None),
    "RS256 without a signature": lambda f: f.written(f.header, None),
    "HS256 with the public key": lambda f: f.written({**f.header, "alg": "HS256"}, f.public_pem),
    "HS256 with the public key of the JWKS": lambda f: f.written(
        {**f.header, "alg": "HS256"}, json.dumps(_foreign_jwk()).encode()
    ),
    "HS256 signature under RS256": lambda f: f.written(f.header, f.public_pem),
    "a foreign key": lambda f: f.signed(FOREIGN),
    "a foreign key by another name": lambda f: f.with_header(FOREIGN, kid="key_mine"),
    "no name of a key": lambda f: f.with_header(kid=None),
    "a name that is no text": lambda f: f.written({**f.header, "kid": {"a": 1}}, b""),
    "a path as a name": lambda f: f.with_header(FOREIGN, kid="../../dev/null"),
    "an embedded key": lambda f: f.with_header(FOREIGN, jwk=_foreign_jwk()),
    "an embedded key, well signed": lambda f: f.with_header(jwk=_foreign_jwk()),
    "an address of keys": lambda f: f.with_header(FOREIGN, jku="https://evil.test/jwks.json"),
    "a certificate": lambda f: f.with_header(FOREIGN, x5c=["MIIB"]),
    "an address of a certificate": lambda f: f.with_header(FOREIGN, x5u="https://evil.test/c"),
    "a critical extension": lambda f: f.with_header(crit=["b64"], b64=False),
    "another type": lambda f: f.with_header(typ="JWT"),
    "expired": lambda f: f.signed(exp=int(time.time()) - 60),
    "not yet valid": lambda f: f.signed(nbf=int(time.time()) + 60),
    "made in the future": lambda f: f.signed(iat=int(time.time()) + 60),
    "wrong audience": lambda f: f.signed(aud="another-api"),
    "several audiences": lambda f: f.signed(aud=["auterity-api", "another-api"]),
    "wrong issuer": lambda f: f.signed(iss="https://evil.test"),
    "without an end": lambda f: f.signed(exp=None),
    "without an audience": lambda f: f.signed(aud=None),
    "without an issuer": lambda f: f.signed(iss=None),
    "without a session": lambda f: f.signed(sid=None),
    "of another session": lambda f: f.signed(sid="ses_0000"),
    "of another person": lambda f: f.signed(sub="usr_0000"),
    "a session that is no text": lambda f: f.signed(sid=["ses"]),
    "an end that is no number": lambda f: f.signed(exp="soon"),
    "very long": lambda f: f.signed(pad="x" * 5000),
}


@pytest.fixture
async def forge(house: House) -> Forge:
    await house.sign_in("owner")
    async with house.database.reading() as connection:
        query = select(sessions.c.id).where(sessions.c.user_id == house.users["owner"])
        session = (await connection.execute(query)).scalars().all()[-1]
    key = await house.access.signing_keys.current()
    return Forge(key, house.users["owner"], session)


async def test_a_token_as_the_server_makes_it_is_taken(house: House, forge: Forge) -> None:
    """So that what is refused below is refused for its one difference."""
    assert (await house.me({"Authorization": f"Bearer {forge.signed()}"})).status_code == 200


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_token_that_somebody_made_up_is_refused(
    house: House, forge: Forge, name: str
) -> None:
    answer = await house.me({"Authorization": f"Bearer {ATTACKS[name](forge)}"})
    assert answer.status_code == 401
    problem = answer.json()
    assert problem["code"] == "sign-in-needed"
    assert problem["detail"] == "sign in first"


async def test_no_credentials_of_another_form_are_taken(house: House, forge: Forge) -> None:
    token = forge.signed()
    for shown in (
        token,
        f"Basic {token}",
        f"Bearer {token}x",
        "Bearer",
        "Bearer ",
        f"Bearer  {token}x",
    ):
        assert (await house.me({"Authorization": shown})).status_code == 401, shown
    assert (await house.client.get("/api/v1/me", params={"access_token": token})).status_code == 401
    assert (
        await house.client.get("/api/v1/me", headers={"Cookie": f"access_token={token}"})
    ).status_code == 401


async def test_a_token_with_one_letter_changed_is_refused(house: House, forge: Forge) -> None:
    token = forge.signed()
    for at in range(0, len(token), 7):
        letter = "A" if token[at] != "A" else "B"
        changed = token[:at] + letter + token[at + 1 :]
        answer = await house.me({"Authorization": f"Bearer {changed}"})
        assert answer.status_code in {401, 429}, at
        house.clock.at += 2_000


async def test_the_published_keys_are_public_halves_alone(house: House) -> None:
    answer = await house.client.get("/.well-known/jwks.json")
    (key,) = answer.json()["keys"]
    assert set(key) == {"kty", "use", "alg", "kid", "n", "e"}
    tokens = await house.tokens("owner")
    said = jwt.decode(
        tokens["access_token"],
        jwt.PyJWK(key),
        algorithms=["RS256"],
        audience="auterity-api",
        issuer="auterity",
    )
    assert set(said) == {"iss", "aud", "sub", "sid", "iat", "nbf", "exp", "jti"}
    assert "owner@example.com" not in json.dumps(said)


async def test_the_private_half_is_sealed_in_the_database(house: House) -> None:
    await house.access.signing_keys.current()
    async with house.database.reading() as connection:
        text = str((await connection.exec_driver_sql("SELECT * FROM signing_keys")).all())
    assert "$sealed:1:" in text
    assert "PRIVATE KEY" not in text


async def test_after_a_rotation_old_tokens_stay_good_until_they_are_over(house: House) -> None:
    old = (await house.tokens("owner"))["access_token"]
    await grow_old(house)
    house.app.state.access = other_process(house)
    new = (await house.tokens("owner"))["access_token"]
    for token in (old, new):
        assert (await house.me({"Authorization": f"Bearer {token}"})).status_code == 200
    kids = [jwt.get_unverified_header(token)["kid"] for token in (new, old)]
    published = (await house.client.get("/.well-known/jwks.json")).json()["keys"]
    assert [key["kid"] for key in published] == kids
    house.clock.at += 16 * 60_000
    assert (await house.me({"Authorization": f"Bearer {old}"})).status_code == 401
    published = (await house.client.get("/.well-known/jwks.json")).json()["keys"]
    assert [key["kid"] for key in published] == kids[:1]


async def test_a_key_is_replaced_when_it_is_a_month_old(house: House) -> None:
    first = await house.access.signing_keys.current()
    house.clock.at += 31 * 86_400_000
    second = await house.access.signing_keys.current()
    assert first.kid != second.kid
    assert (await house.access.signing_keys.current()).kid == second.kid
