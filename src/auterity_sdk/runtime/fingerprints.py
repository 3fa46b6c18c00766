"""Fingerprints: digests by which a value is found again in a store that does not hold it."""

from __future__ import annotations

import hashlib
import hmac

_NO_KEY = "00000000"


def fingerprint(name: str, key: bytes, text: str) -> str:
    """That of a text under a key; `name` is the key's, of eight letters."""
    return f"{name}:{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]}"


def plain_fingerprint(text: str) -> str:
    """That of a text where there is no key: whoever guesses the text can tell that it is the one."""
    return fingerprint(_NO_KEY, b"", text)
