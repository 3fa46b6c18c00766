"""Whom TLS trusts: the certificate authorities of this system."""

from __future__ import annotations

from functools import cache
from ssl import SSLContext


@cache
def authorities() -> SSLContext:
    """What trusts them. To read them takes longer than most answers and holds up the event loop, so it is done once."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=False)
