"""HTTP with a guard: public addresses only but for named hosts, few redirects, small answers, no leaks."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx2

from auterity_sdk.connections.authorities import authorities
from auterity_sdk.connections.pinned_transport import Origin, PinnedTransport, origin_of
from auterity_sdk.connections.public_address import Resolver, resolve
from auterity_sdk.connections.secret import SecretReference
from auterity_sdk.connections.web import AnswerLost, WebRequest, WebResponse
from auterity_sdk.errors import StepError

LARGEST_ANSWER = 5_000_000
"""Bytes of an answer's body."""

_REDIRECTS = (301, 302, 303, 307, 308)
_KEEPING_BODY = (307, 308)
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
# What another origin may see of a request's headers. Any other may be a credential: X-Api-Key and its like.
_HARMLESS = frozenset({"accept", "accept-language", "content-type", "user-agent"})
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})


@dataclass(frozen=True)
class GuardedWeb:
    """`Web` for everything public, and for the origins in `named` that connections name.

    `address` and `headers` are a connection's own: relative URLs are below `address`, and `headers` go to its
    origin alone, each written out or the reference to a secret.
    """

    named: frozenset[Origin] = frozenset()
    address: str | None = None
    headers: Mapping[str, str | SecretReference] = field(default_factory=dict)
    largest: int = LARGEST_ANSWER
    resolver: Resolver = resolve
    verify: ssl.SSLContext | None = None
    """Whom TLS trusts; None: the system's certificate authorities."""

    async def send(self, request: WebRequest) -> WebResponse:
        """The answer after at most `request.redirects` redirects, within `request.timeout` seconds."""
        url = self._absolute(request.url)
        hop = _Hop(request.method.upper(), url, _sendable(request.headers), request.body)
        shown = f"{hop.url.scheme}://{hop.url.netloc.decode('ascii')}"
        try:
            async with asyncio.timeout(request.timeout):
                return await self._follow(hop, request.redirects)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise StepError(
                f"cannot speak with {shown} ({type(error).__name__})",
                type="network",
                retryable=True,
            ) from None
        except (TimeoutError, httpx2.TimeoutException):
            raise StepError(
                f"no answer from {shown} within {request.timeout:g} s",
                type="timeout",
                retryable=True,
            ) from None
        except (httpx2.TransportError, httpx2.StreamError) as error:
            # Only the class is told: the library's text may quote what was sent.
            said = f"the connection with {shown} broke ({type(error).__name__})"
            raise AnswerLost(said) from None

    async def _follow(self, hop: _Hop, redirects: int) -> WebResponse:
        start, at_home = origin_of(hop.url), True
        for _ in range(redirects + 1):
            # Once another host has a say in where to go, nothing inside may be reached and no credential
            # goes along, not even where it leads back to the start.
            at_home = at_home and origin_of(hop.url) == start
            response = await self._exchange(hop, at_home=at_home)
            target = response.headers.get("location")
            if response.status not in _REDIRECTS or target is None:
                return response
            hop = _redirected(hop, response.status, target)
        raise StepError(f"more than {redirects} redirects", type="bad_response")

    async def _exchange(self, hop: _Hop, *, at_home: bool) -> WebResponse:
        trusts = self.named.__contains__ if at_home else _trust_none
        own = self._own_headers(hop.url) if at_home else {}
        inner = httpx2.AsyncHTTPTransport(verify=self.verify or authorities(), trust_env=False)
        transport = PinnedTransport(inner, trusts=trusts, resolver=self.resolver)
        headers = {**own, **hop.headers, "accept-encoding": "identity"}
        # `trust_env` off: a proxy from the environment would connect where nobody checked.
        async with (
            httpx2.AsyncClient(transport=transport, timeout=None, trust_env=False) as client,
            client.stream(hop.method, hop.url, headers=headers, content=hop.body) as response,
        ):
            return WebResponse(
                response.status_code, dict(response.headers), await self._bounded(response)
            )

    async def _bounded(self, response: httpx2.Response) -> bytes:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise StepError("the answer is compressed though unasked", type="bad_response")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self.largest:
                raise StepError(
                    f"the answer is larger than {self.largest} bytes", type="bad_response"
                )
        return bytes(body)

    def _absolute(self, text: str) -> httpx2.URL:
        try:
            url = httpx2.URL(text)
            if self.address is not None and url.is_relative_url:
                url = _below(httpx2.URL(self.address), url)
        except (httpx2.InvalidURL, ValueError):
            raise StepError("the URL cannot be read", type="bad_input") from None
        return _usable(url)

    def _own_headers(self, url: httpx2.URL) -> dict[str, str]:
        if self.address is None or origin_of(url) != origin_of(httpx2.URL(self.address)):
            return {}
        return {
            name.lower(): value.reveal() if isinstance(value, SecretReference) else value
            for name, value in self.headers.items()
        }


@dataclass(frozen=True, slots=True)
class _Hop:
    method: str
    url: httpx2.URL
    headers: dict[str, str]
    body: bytes


def _redirected(hop: _Hop, status: int, target: str) -> _Hop:
    try:
        url = _usable(hop.url.join(target).copy_with(fragment=None))
    except (httpx2.InvalidURL, ValueError):
        raise StepError("the answer redirects to what is no URL", type="bad_response") from None
    if hop.url.scheme == "https" and url.scheme == "http":
        raise StepError("the answer redirects from https to http", type="address_refused")
    same = origin_of(url) == origin_of(hop.url)
    headers = hop.headers if same else _only(hop.headers, _HARMLESS.__contains__)
    if status in _KEEPING_BODY or hop.method in ("GET", "HEAD"):
        if hop.body and not same:
            raise StepError(
                "the answer redirects the request's body to another host", type="address_refused"
            )
        return _Hop(hop.method, url, headers, hop.body)
    return _Hop("GET", url, _only(headers, lambda name: name != "content-type"), b"")


def _below(base: httpx2.URL, relative: httpx2.URL) -> httpx2.URL:
    if relative.host:  # `//elsewhere/path` is relative, too
        raise StepError("the URL names a host without a scheme", type="bad_input")
    path = base.raw_path.partition(b"?")[0].rstrip(b"/") + b"/" + relative.raw_path.lstrip(b"/")
    return base.copy_with(raw_path=path)


def _usable(url: httpx2.URL) -> httpx2.URL:
    host = url.raw_host.decode("ascii")
    port_exists = url.port is None or 0 < url.port < 65_536
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(host) or not port_exists:
        raise StepError("the URL is not one of http or https", type="bad_input")
    if url.userinfo:
        raise StepError(
            "the URL holds a user name or password",
            type="bad_input",
            help="send credentials in a header, from a secret",
        )
    return url


def _sendable(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
            raise StepError("a header's name holds more than letters and digits", type="bad_input")
        if name.lower() in _OURS:
            raise StepError(f"the header `{name}` cannot be set", type="bad_input")
        if not value.isascii() or not value.replace("\t", " ").isprintable():
            raise StepError(f"the header `{name}` holds what is no plain text", type="bad_input")
    return {name.lower(): value for name, value in headers.items()}


def _only(headers: Mapping[str, str], keeps: Callable[[str], bool]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if keeps(name)}


def _trust_none(origin: Origin) -> bool:  # noqa: ARG001 - no origin is trusted
    return False
