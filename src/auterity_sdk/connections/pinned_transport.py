"""A transport of httpx2 that connects to the very address it has checked."""

from __future__ import annotations

import ssl
from collections.abc import Callable

import httpx2

from auterity_sdk.connections.public_address import Resolver, checked_addresses

Origin = tuple[str, str, int]
"""Scheme, host and port of a URL, in lower case."""

_PORTS = {"http": 80, "https": 443}


def origin_of(url: httpx2.URL) -> Origin:
    """The origin of an absolute URL of HTTP."""
    host = url.raw_host.decode("ascii").lower().rstrip(".")
    return url.scheme, host, url.port or _PORTS[url.scheme]


class PinnedTransport(httpx2.AsyncBaseTransport):
    """Resolves a host once, checks what was answered, and connects to that: a second answer is never asked for.

    `trusts(origin)` says where the check is left out. TLS is checked against the host's name, not its address.
    """

    def __init__(
        self,
        inner: httpx2.AsyncBaseTransport,
        *,
        trusts: Callable[[Origin], bool],
        resolver: Resolver,
    ) -> None:
        self._inner = inner
        self._trusts = trusts
        self._resolver = resolver

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Try the host's addresses in order until one takes the connection."""
        origin = origin_of(request.url)
        _, host, port = origin
        trusted = self._trusts(origin)
        addresses = await checked_addresses(host, port, trusted=trusted, resolver=self._resolver)
        for address in addresses[:-1]:
            try:
                return await self._inner.handle_async_request(_at(request, host, address))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_at(request, host, addresses[-1]))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def public_only(resolver: Resolver, verify: ssl.SSLContext) -> PinnedTransport:
    """A transport to hosts of the public Internet alone, whom TLS trusts as `verify` says."""
    inner = httpx2.AsyncHTTPTransport(verify=verify, trust_env=False)
    return PinnedTransport(inner, trusts=lambda _: False, resolver=resolver)


def _at(request: httpx2.Request, host: str, address: str) -> httpx2.Request:
    # The Host header was made from the name and stays.
    return httpx2.Request(
        method=request.method,
        url=request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
