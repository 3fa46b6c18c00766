"""The address of a server: TLS but for this very machine, and nothing behind the host's name that could mislead."""

from __future__ import annotations

import ipaddress

import httpx2
from msgspec import Struct

from auterity_sdk.errors import UsageError

_HELP = "write it as https://auterity.example, or http://127.0.0.1:8420 for one on this machine"


class Address(Struct, frozen=True):
    """Where a server is. `url` has scheme, host and port, and a path if the server is below one; no slash at its end."""

    url: str
    loopback: bool

    @classmethod
    def read(cls, text: str) -> Address:
        """The address that a person wrote. Raises `UsageError` for one that is none, or is not safe."""
        try:
            url = httpx2.URL(text.strip())
        except httpx2.InvalidURL:
            raise UsageError("that is no address of a server", help=_HELP) from None
        if url.scheme not in ("http", "https") or not url.host:
            raise UsageError("that is no address of a server", help=_HELP)
        if url.userinfo or url.query or url.fragment:
            raise UsageError("an address has no name, password, ? or # in it", help=_HELP)
        loopback = is_loopback(url.host)
        if url.scheme == "http" and not loopback:
            raise UsageError(
                f"http://{url.host} would send tokens in clear over the network", help=_HELP
            )
        return cls(str(url).rstrip("/"), loopback)

    def below(self, path: str) -> httpx2.URL:
        """The URL of a path of the interface, which begins with a slash and is quoted already."""
        return httpx2.URL(f"{self.url}{path}")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
