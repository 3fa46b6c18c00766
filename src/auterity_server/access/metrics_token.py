"""The token of who collects metrics."""

from __future__ import annotations

from hmac import compare_digest


def shows_token(given: str, token: str) -> bool:
    """Whether that is the token of the settings. Nobody has one that is empty."""
    return bool(token) and compare_digest(given.encode(), token.encode())
