"""Money: a whole number of a currency's smallest unit inside, a decimal string at the borders."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from auterity_sdk.dealership.record import Record

_MOST = 2**53 - 1  # the largest that every reader of JSON keeps exact

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF
CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
USD UYU UYW UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""

CURRENCIES = frozenset(_CODES.split())
"""Codes of ISO 4217 in use for payments."""

_OTHER_DECIMALS = """
0 BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF
3 BHD IQD JOD KWD LYD OMR TND
4 CLF UYW
"""
_ROWS = [row.split() for row in _OTHER_DECIMALS.strip().splitlines()]
_DECIMALS = {code: int(decimals) for decimals, *codes in _ROWS for code in codes}

_DECIMAL_TEXT = re.compile(r"[-+]?[0-9]{1,18}(?:\.[0-9]{1,8})?", re.ASCII)


def _known_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError(f"'{code}' is no currency code of ISO 4217, such as USD or CAD")
    return code


Currency = Annotated[str, Field(pattern="^[A-Z]{3}$"), AfterValidator(_known_currency)]


class Money(Record):
    """An exact amount: 18,995 US dollars are `{minor: 1899500, currency: USD}`.

    `{amount: "18995.00", currency: USD}` is read too. Sums are whole numbers, so nothing is lost to rounding.
    """

    minor: int = Field(strict=True, ge=-_MOST, le=_MOST)
    """The amount in the currency's smallest unit: cents for USD, yen for JPY."""
    currency: Currency

    @model_validator(mode="before")
    @classmethod
    def _from_amount(cls, data: Any) -> Any:
        if not isinstance(data, dict) or set(data) != {"amount", "currency"}:
            return data
        if not isinstance(data["amount"], str):
            # Pydantic turns a ValueError, and no TypeError, into a validation error.
            raise ValueError("the amount must be a decimal string, such as '18995.00'")  # noqa: TRY004
        currency = _known_currency(str(data["currency"]))
        return {"minor": _minor_units(data["amount"], currency), "currency": currency}

    @classmethod
    def from_decimal(cls, amount: str | Decimal, currency: str) -> Money:
        """An amount such as `18995.00`, exactly; ValueError where it has more decimals than the currency."""
        return cls(minor=_minor_units(str(amount), _known_currency(currency)), currency=currency)

    @property
    def decimal_text(self) -> str:
        """The amount as a decimal string with all of its currency's decimals: `18995.00`."""
        return f"{Decimal(self.minor).scaleb(-decimals_of(self.currency)):f}"


def decimals_of(currency: str) -> int:
    """How many decimals a currency has: 2 for USD, 0 for JPY."""
    return _DECIMALS.get(currency, 2)


def _minor_units(amount: str, currency: str) -> int:
    if not _DECIMAL_TEXT.fullmatch(amount):
        raise ValueError("an amount is digits with at most one decimal point, such as '18995.00'")
    scaled = Decimal(amount).scaleb(decimals_of(currency))
    whole = scaled.to_integral_value(ROUND_HALF_EVEN)
    if whole != scaled:
        raise ValueError(f"the amount has more decimals than {currency} ({decimals_of(currency)})")
    return int(whole)
