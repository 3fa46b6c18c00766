"""The device flow as the device sees it: how often it asks, and what ends it."""

from __future__ import annotations

from typing import Any

import pytest

from auterity_sdk.errors import SignInNeeded
from auterity_sdk.hosted.client import HostedClient
from auterity_sdk.hosted.schemas.device import DeviceCode
from tests.connections.web_server import serving
from tests.hosted.answers import of_headers, told

CODE = DeviceCode(
    device_code="aut_dc_1",
    user_code="BDWP-HQPK",
    verification_uri="https://auterity.example/device",
    verification_uri_complete="https://auterity.example/device?code=BDWP-HQPK",
    expires_in=30,
    interval=5,
)
TOKENS = {"access_token": "a", "expires_in": 600, "refresh_token": "r"}


async def polled(*statuses: str) -> tuple[Any, list[float], int]:
    """What comes of these answers: the tokens or the error, the pauses, and how often was asked."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    answers = [
        told({"status": each, "tokens": TOKENS if each == "approved" else None})
        for each in statuses
    ]
    async with (
        serving(*answers) as server,
        HostedClient(f"http://127.0.0.1:{server.port}") as client,
    ):
        try:
            found: Any = await client.signing_in.poll_device(CODE, sleep)
        except SignInNeeded as error:
            found = error
    assert all(of_headers(each, "authorization") is None for each in server.requests)
    return found, pauses, len(server.requests)


async def test_it_asks_until_a_person_has_approved() -> None:
    found, pauses, asked = await polled("pending", "pending", "approved")
    assert (found.refresh_token, pauses, asked) == ("r", [5, 5, 5], 3)


async def test_it_asks_less_often_once_it_is_told_to() -> None:
    _, pauses, _ = await polled("slow_down", "pending", "approved")
    assert pauses == [5, 10, 10]


@pytest.mark.parametrize(
    ("status", "said"), [("denied", "refused in the browser"), ("expired", "in time")]
)
async def test_it_ends_with_a_refusal(status: str, said: str) -> None:
    found, _, asked = await polled("pending", status)
    assert isinstance(found, SignInNeeded)
    assert (said in found.message, asked) == (True, 2)


async def test_it_does_not_ask_for_ever() -> None:
    found, pauses, _ = await polled("pending")
    assert isinstance(found, SignInNeeded)
    assert sum(pauses) == CODE.expires_in
