"""Signatures: what is signed is taken, and nothing in which a single bit is another one."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.hosted.schemas.webhook import HmacSigning
from auterity_server.webhooks.signatures import (
    BadSignature,
    HmacSignature,
    Signature,
    StandardSignature,
    TooOld,
)
from tests.server.triggers.signing import plain, standard

NOW = 1_795_000_000
BODIES = st.binary(max_size=200)
KEYS = st.binary(min_size=16, max_size=64).map(
    lambda key: f"whsec_{base64.b64encode(key).decode()}"
)


def verify(
    signature: Signature,
    headers: dict[str, str],
    body: bytes,
    keys: Sequence[str],
    now: int = NOW * 1000,
) -> str:
    found = {name.lower(): value for name, value in headers.items()}

    def of(name: str) -> list[str]:
        return [found[name.lower()]] if name.lower() in found else []

    return signature.verify(of, body, keys, now).message


def flipped(text: bytes, bit: int) -> bytes:
    changed = bytearray(text)
    changed[bit // 8 % len(text)] ^= 1 << bit % 8
    return bytes(changed)


STANDARD = StandardSignature(300)


@given(secret=KEYS, body=BODIES)
def test_what_is_signed_is_taken(secret: str, body: bytes) -> None:
    headers = standard(secret, body, "msg_7", NOW)
    assert verify(STANDARD, headers, body, [secret]) == "id msg_7"


@given(secret=KEYS, body=BODIES, where=st.integers(0, 3), bit=st.integers(0, 4000))
def test_any_bit_that_is_flipped_is_refused(secret: str, body: bytes, where: int, bit: int) -> None:
    headers = standard(secret, body, "msg_7", NOW)
    if where == 3:
        body = flipped(body, bit) if body else b"x"
    else:
        name = sorted(headers)[where]
        headers[name] = flipped(headers[name].encode(), bit).decode("latin-1")
    with pytest.raises((BadSignature, TooOld)):
        verify(STANDARD, headers, body, [secret])


@given(secret=KEYS, other=KEYS, body=BODIES)
def test_another_secret_signs_nothing(secret: str, other: str, body: bytes) -> None:
    if secret == other:
        return
    headers = standard(other, body, "msg_7", NOW)
    with pytest.raises(BadSignature):
        verify(STANDARD, headers, body, [secret])
    assert verify(STANDARD, headers, body, [secret, other]) == "id msg_7"


@given(away=st.integers(-1000, 1000))
def test_a_message_of_another_time_is_refused(away: int) -> None:
    secret = STANDARD.make_secret()
    headers = standard(secret, b"{}", "m", NOW + away)
    if abs(away) <= 300:
        assert verify(STANDARD, headers, b"{}", [secret])
    else:
        with pytest.raises(TooOld):
            verify(STANDARD, headers, b"{}", [secret])


@given(body=st.binary(max_size=50))
def test_no_part_of_a_message_is_read_as_another_part(body: bytes) -> None:
    """A full stop ends the id and the time in what is signed."""
    secret = STANDARD.make_secret()
    signed = standard(secret, str(NOW).encode() + b"." + body, "msg", 1)
    moved = signed | {"webhook-id": "msg.1", "webhook-timestamp": str(NOW)}
    with pytest.raises(BadSignature):
        verify(STANDARD, moved, body, [secret])


def test_one_of_several_signatures_is_enough() -> None:
    secret, older = STANDARD.make_secret(), STANDARD.make_secret()
    headers = standard(older, b"{}", "m", NOW)
    other = standard(secret, b"{}", "m", NOW)["webhook-signature"]
    headers["webhook-signature"] += f" v1a,AAAA {other}"
    assert verify(STANDARD, headers, b"{}", [secret])
    assert verify(STANDARD, headers, b"{}", [older])


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_is_missing_or_there_twice_is_refused(name: str) -> None:
    secret = STANDARD.make_secret()
    headers = standard(secret, b"{}", "m", NOW)
    for found in ([], [headers[name]] * 2):

        def of(asked: str, found: Sequence[str] = found) -> Sequence[str]:
            return found if asked == name else [headers[asked]]

        with pytest.raises(BadSignature, match="expected once"):
            STANDARD.verify(of, b"{}", [secret], NOW * 1000)


def test_the_vector_of_the_specification() -> None:
    """From the reference implementations of Standard Webhooks."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    assert verify(STANDARD, headers, body, [secret], 1614265330_000)


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "sha1"])
@pytest.mark.parametrize("prefix", ["", "sha256="])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
@given(body=BODIES, bit=st.integers(0, 4000))
def test_an_hmac_of_the_body(
    algorithm: str, prefix: str, encoding: str, body: bytes, bit: int
) -> None:
    signing = HmacSigning.model_validate(
        {"header": "X-Sig", "algorithm": algorithm, "encoding": encoding, "prefix": prefix}
    )
    signature = HmacSignature(signing)
    made = plain("a secret of theirs", body, algorithm)
    if encoding == "base64":
        made = base64.b64encode(bytes.fromhex(made)).decode()
    headers = {"x-sig": prefix + made}
    found = verify(signature, headers, body, ["another secret", "a secret of theirs"])
    assert found.startswith("body ")
    with pytest.raises(BadSignature):
        verify(signature, headers, flipped(body, bit) if body else b"x", ["a secret of theirs"])
    wrong = {"x-sig": flipped(headers["x-sig"].encode(), bit).decode("latin-1")}
    with pytest.raises(BadSignature):
        verify(signature, wrong, body, ["a secret of theirs"])


def test_messages_of_an_hmac_are_known_by_their_id_where_there_is_one() -> None:
    signature = HmacSignature(HmacSigning(header="X-Sig", id_header="X-Id"))
    headers = {"x-sig": plain("key", b"{}"), "x-id": "4711"}
    assert verify(signature, headers, b"{}", ["key"]) == "id 4711"
    with pytest.raises(BadSignature, match="X-Id"):
        verify(signature, {"x-sig": headers["x-sig"]}, b"{}", ["key"])


def test_what_is_no_secret_of_standard_webhooks() -> None:
    for text in ("", "whsec_", "whsec_AAAA", "whsec_ü", "AAAAAAAAAAAAAAAAAAAAAAAA", "whsec_!!"):
        assert not STANDARD.is_secret(text), text
    assert STANDARD.is_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
