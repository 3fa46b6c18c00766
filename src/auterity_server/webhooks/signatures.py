"""The signatures of messages: Standard Webhooks, and a plain HMAC of the body. Compared in constant time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from auterity_sdk.hosted.schemas.webhook import HmacSigning

_PREFIX = "whsec_"
_KEY_BYTES = 32
_SHORTEST_KEY, _LONGEST_KEY = 16, 64
_LONGEST_ID = 256
_MOST_SIGNATURES = 10
# A full stop ends the id in what is signed: with one inside, a part of the id could be read as the time.
_ID = re.compile(rf"[!-\-/-~]{{1,{_LONGEST_ID}}}")
_TIME = re.compile(r"[0-9]{1,12}")
_VERSION = "v1,"


class BadSignature(Exception):
    """The message is not signed with any of the secrets; the text says what is missing, and quotes nothing."""


class TooOld(Exception):
    """The message is signed, at a time that is too far away."""


class Signed(Struct, frozen=True):
    """What a signature vouches for: `message` is what a repeated message is known by, `at` when it was signed, in seconds
    since 1970; None where nothing says it."""

    message: str
    at: int | None = None


Headers = Callable[[str], Sequence[str]]
"""All values of a header, by its name."""


class StandardSignature(Struct, frozen=True):
    """Standard Webhooks: id, time and body are signed. `tolerance` is in seconds."""

    tolerance: int

    def verify(self, headers: Headers, body: bytes, keys: Sequence[str], now: int) -> Signed:
        """What the signature vouches for; `now` is in milliseconds. Raises `BadSignature`, `TooOld`."""
        message = _only(headers, "webhook-id", _ID)
        time = _only(headers, "webhook-timestamp", _TIME)
        given = _only(headers, "webhook-signature", re.compile(r".+")).split(" ")
        content = b".".join((message.encode(), time.encode(), body))
        right = [_VERSION + _standard(key, content) for key in keys]
        _hold(given[:_MOST_SIGNATURES], right)
        if abs(now // 1000 - int(time)) > self.tolerance:
            raise TooOld
        return Signed(f"id {message}", int(time))

    def make_secret(self) -> str:
        """A new secret."""
        return _PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()

    def is_secret(self, text: str) -> bool:
        """Whether a text is a secret of this kind."""
        try:
            key = _key(text)
        except (binascii.Error, ValueError):
            return False
        return text.startswith(_PREFIX) and _SHORTEST_KEY <= len(key) <= _LONGEST_KEY


class HmacSignature(Struct, frozen=True):
    """The HMAC of the body in a header. What is vouched for has no time: a repeated message is known by its id or body."""

    signing: HmacSigning

    def verify(self, headers: Headers, body: bytes, keys: Sequence[str], now: int) -> Signed:  # noqa: ARG002 - nothing says when it was signed
        """What the signature vouches for. Raises `BadSignature`."""
        given = _only(headers, self.signing.header, re.compile(r"[ -~]+"))
        _hold([given], [self.signing.prefix + self._made(key, body) for key in keys])
        if self.signing.id_header is None:
            return Signed(f"body {hashlib.sha256(body).hexdigest()}")
        return Signed(f"id {_only(headers, self.signing.id_header, _ANY_ID)}")

    def make_secret(self) -> str:
        """A new secret."""
        return secrets.token_urlsafe(_KEY_BYTES)

    def is_secret(self, text: str) -> bool:
        """Whether a text is a secret of this kind: any is."""
        return bool(text)

    def _made(self, key: str, body: bytes) -> str:
        made = hmac.digest(key.encode(), body, self.signing.algorithm)
        if self.signing.encoding == "hex":
            return made.hex()
        return base64.b64encode(made).decode()


_ANY_ID = re.compile(rf"[!-~]{{1,{_LONGEST_ID}}}")

Signature = StandardSignature | HmacSignature


def signature_of(signing: Mapping[str, object] | None, tolerance: int) -> Signature:
    """How the messages of a webhook are signed."""
    if signing is None:
        return StandardSignature(tolerance)
    return HmacSignature(HmacSigning.model_validate(signing))


def _hold(given: Sequence[str], right: Sequence[str]) -> None:
    """Compare all with all: how long it takes says nothing of how near one came."""
    found = False
    for one in given:
        for other in right:
            found |= hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
    if not found:
        raise BadSignature("the signature is not right")


def _only(headers: Headers, name: str, form: re.Pattern[str]) -> str:
    """The one value of a header. Raises `BadSignature`."""
    found = headers(name)
    if len(found) != 1:
        raise BadSignature(f"the header {name} is expected once")
    if form.fullmatch(found[0]) is None:
        raise BadSignature(f"the header {name} is not as it should be")
    return found[0]


def _standard(secret: str, content: bytes) -> str:
    return base64.b64encode(hmac.digest(_key(secret), content, "sha256")).decode()


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
