"""Secrets that the server gives out: random, told apart by how they begin, and kept as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum

_BYTES = 32


class SecretKind(StrEnum):
    """How a secret begins, so that people and scanners of repositories know what they found."""

    REFRESH = "aut_rt_"
    DEVICE = "aut_dc_"
    LINK = "aut_link_"
    API_KEY = "aut_key_"
    BROWSER = "aut_web_"


def new_secret(kind: SecretKind) -> str:
    """A secret of 256 random bits."""
    return kind + secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> str:
    """The hash under which it is kept. A secret this random needs no slow one."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
