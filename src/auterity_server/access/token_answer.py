"""Tokens as they are answered."""

from __future__ import annotations

from auterity_sdk.hosted.schemas.sign_in import Tokens
from auterity_server.access.sessions import Issued


def tokens_of(issued: Issued) -> Tokens:
    """The answer that holds them."""
    return Tokens(
        access_token=issued.access, refresh_token=issued.refresh, expires_in=issued.seconds
    )
