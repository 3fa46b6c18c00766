"""Which network addresses are the public Internet's: everything that is special is refused."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from auterity_sdk.errors import StepError

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host name, as text, best first. Raises OSError."""

# IANA's special-purpose registry of IPv4, and multicast. Kept here since the standard library's own table
# differs between the releases of Python.
_SPECIAL_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip

# Only this block of IPv6 is given out for use on the Internet. Loopback, link-local, unique local, multicast and
# IPv4-mapped addresses lie outside; inside it, these are special (the last two hold an IPv4 address).
_GLOBAL_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "3fff::/20", "2620:4f:8000::/48", "2002::/16")
)
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an address, written as numbers, is an ordinary one of the public Internet."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return _public_v4(found) if isinstance(found, IPv4Address) else _public_v6(found)


def _public_v4(address: IPv4Address) -> bool:
    return not any(address in block for block in _SPECIAL_V4)


def _public_v6(address: IPv6Address) -> bool:
    if address.scope_id:
        return False
    if address in _NAT64:
        # A network without IPv4 of its own reaches IPv4 by these: the address inside counts.
        return _public_v4(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _GLOBAL_V6 and not any(address in block for block in _SPECIAL_V6)


async def resolve(host: str, port: int) -> list[str]:
    """The system's answer for a host name, each address once."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def checked_addresses(
    host: str, port: int, *, trusted: bool, resolver: Resolver
) -> list[str]:
    """The addresses of a host, all of them public unless the host is trusted.

    Raises `StepError`: `network` where the name has no address, `address_refused` where one is not public.
    """
    try:
        addresses = await resolver(host, port)
    except (OSError, UnicodeError) as error:
        raise StepError(f"cannot resolve `{host}`", type="network", retryable=True) from error
    if not addresses:
        raise StepError(f"`{host}` has no address", type="network", retryable=True)
    # One bad answer spoils all: a name that points inside as well as outside is no accident.
    if not trusted and not all(map(is_public, addresses)):
        raise StepError(
            f"`{host}` is not on the public Internet",
            type="address_refused",
            help='if it is meant, name it in auterity.toml: [connections.NAME] use = "http", url = "https://…"',
        )
    return addresses
