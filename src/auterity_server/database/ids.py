"""Ids of things that are kept."""

from __future__ import annotations

import secrets


def new_id(kind: str) -> str:
    """An id that nobody can guess, such as `env_2f0c…`; `kind` tells people what it is of."""
    return f"{kind}_{secrets.token_hex(8)}"
