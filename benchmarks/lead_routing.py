"""The ten steps of lead routing as plain functions, alike for all: what is measured is what runs them."""

from __future__ import annotations

LEAD = {
    "source": " AutoTrader ",
    "phone": "+12025550123",
    "zip": "20001",
    "budget": 28000,
    "trade_in": True,
}
"""A lead that goes to the hot desk: nine of the ten steps run."""

ROUTED = {"seat": "downtown-hot-1", "channel": "sms"}


def cleaned(source: str) -> str:
    return source.strip().lower()


def known_before(phone: str) -> bool:
    return phone.endswith("0000")


def scored(source: str, budget: int, *, trade_in: bool) -> int:
    return (40 if source == "autotrader" else 20) + (30 if budget >= 20000 else 0) + 15 * trade_in


def nearest(zip: str) -> str:
    return "downtown" if zip.startswith("20") else "airport"


def seat_of(desk: str, store: str) -> str:
    return f"{store}-{desk}-1"


def channel_of(phone: str) -> str:
    return "sms" if phone else "mail"
