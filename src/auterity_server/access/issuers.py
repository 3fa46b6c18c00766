"""Issuers of OpenID Connect: their public keys, fetched through the address guard and kept for a while."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import jwt
from msgspec import Struct, field

from auterity_sdk.connections.web import Web, WebRequest
from auterity_sdk.errors import StepError
from auterity_server.access.refusals import IssuerUnreachable

DISCOVERY = "/.well-known/openid-configuration"
KEPT = 600_000
"""Keys are asked for again after so many milliseconds."""

AT_MOST_EACH = 30_000
"""An unknown key leads to no question before so many milliseconds are over since the last one."""

_ALGORITHMS = {"RS256": "RSA", "ES256": "EC"}
_LEAST_BITS = 2048
_TIMEOUT = 5.0
_MOST = 200
_MOST_KEYS = 100


class _Known(Struct, frozen=True):
    keys: Mapping[str, Mapping[str, Any]]
    at: int


class Issuers(Struct, eq=False):
    """Gives the key of an issuer under its name. `trusted` are those which may be asked by HTTP, and inside a network."""

    web: Web
    now: Callable[[], int]
    trusted: tuple[str, ...] = ()
    _known: dict[str, _Known] = field(default_factory=dict)
    _asking: dict[str, asyncio.Lock] = field(default_factory=dict)

    def may_ask(self, issuer: str) -> bool:
        """Whether the issuer's address is one to ask: by TLS, unless the server's settings name it."""
        return issuer.startswith("https://") or issuer in self.trusted

    async def key(self, issuer: str, kid: str, algorithm: str) -> jwt.PyJWK | None:
        """The key, if the issuer has it for signatures of that algorithm. Raises `IssuerUnreachable`."""
        found = (await self._keys(issuer, kid)).get(kid)
        kind = _ALGORITHMS.get(algorithm)
        if found is None or kind is None or found.get("kty") != kind:
            return None
        if found.get("use", "sig") != "sig" or found.get("alg", algorithm) != algorithm:
            return None
        try:
            made = jwt.PyJWK(dict(found), algorithm=algorithm)
        except (jwt.PyJWTError, ValueError, TypeError):
            return None
        if kind == "RSA" and made.key.key_size < _LEAST_BITS:
            return None
        return None if kind == "EC" and made.key.curve.name != "secp256r1" else made

    async def _keys(self, issuer: str, kid: str) -> Mapping[str, Mapping[str, Any]]:
        async with self._asking.setdefault(issuer, asyncio.Lock()):
            known, now = self._known.get(issuer), self.now()
            # A key that was made since is asked for, though not as often as somebody likes.
            if known is not None and now - known.at < (KEPT if kid in known.keys else AT_MOST_EACH):
                return known.keys
            keys = await self._fetched(issuer)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[issuer] = _Known(keys, now)
            return keys

    async def _fetched(self, issuer: str) -> Mapping[str, Mapping[str, Any]]:
        described = await self._json(issuer.rstrip("/") + DISCOVERY)
        place = described.get("jwks_uri")
        # An issuer that says it is another one may not speak for this one (OpenID Connect Discovery, 4.3).
        if described.get("issuer") != issuer or not isinstance(place, str):
            raise IssuerUnreachable("its description is of another issuer, or names no keys")
        inside = any(place.startswith(each.rstrip("/") + "/") for each in self.trusted)
        if not (place.startswith("https://") or inside):
            raise IssuerUnreachable("its keys are not at an address with TLS")
        keys = (await self._json(place)).get("keys")
        listed = keys[:_MOST_KEYS] if isinstance(keys, list) else []
        return {
            each["kid"]: each
            for each in listed
            if isinstance(each, dict) and isinstance(each.get("kid"), str)
        }

    async def _json(self, url: str) -> Mapping[str, Any]:
        request = WebRequest(
            "GET", url, {"accept": "application/json"}, timeout=_TIMEOUT, redirects=0
        )
        try:
            answer = await self.web.send(request)
            found = json.loads(answer.body) if answer.status == 200 else None
        except (StepError, ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise IssuerUnreachable("it does not answer as an issuer does")
        return found
