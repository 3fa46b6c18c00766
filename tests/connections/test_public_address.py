from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.connections.public_address import checked_addresses, is_public, resolve
from auterity_sdk.errors import StepError


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1",  # noqa: S104
        "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1",
        "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fec0::1",
        "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "3fff::1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2606:4700::1%1", "example.com", "", "1",
    ],
)  # fmt: skip
def test_special_addresses_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.215.14",
        "172.32.0.1",
        "100.63.255.255",
        "2606:4700::1111",
        "64:ff9b::808:808",
    ],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_nothing_that_python_calls_special_is_public(address: object) -> None:
    from ipaddress import IPv4Address, IPv6Address

    assert isinstance(address, IPv4Address | IPv6Address)
    if is_public(str(address)) and not str(address).startswith("64:ff9b::"):
        special = ("private", "loopback", "multicast", "link_local", "unspecified", "reserved")
        assert not [word for word in special if getattr(address, f"is_{word}")]


def answering(*addresses: str) -> Callable[[str, int], Awaitable[list[str]]]:
    async def resolver(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolver


async def test_one_address_inside_spoils_a_name() -> None:
    with pytest.raises(StepError) as raised:
        await checked_addresses(
            "x.test", 80, trusted=False, resolver=answering("8.8.8.8", "10.0.0.1")
        )
    assert raised.value.type == "address_refused"
    assert not raised.value.retryable


async def test_a_trusted_name_may_point_inside() -> None:
    found = await checked_addresses("x.test", 80, trusted=True, resolver=answering("10.0.0.1"))
    assert found == ["10.0.0.1"]


async def test_a_name_without_address_may_be_tried_again() -> None:
    with pytest.raises(StepError) as raised:
        await checked_addresses("x.test", 80, trusted=False, resolver=answering())
    assert (raised.value.type, raised.value.retryable) == ("network", True)


@pytest.mark.parametrize("spelling", ["127.1", "0x7f.1", "2130706433", "0177.0.0.1", "localhost"])
async def test_other_spellings_of_loopback_are_seen_through(spelling: str) -> None:
    with pytest.raises(StepError) as raised:
        await checked_addresses(spelling, 80, trusted=False, resolver=resolve)
    assert raised.value.type == "address_refused"
