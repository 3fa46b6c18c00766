"""The vehicles of a prospect: what is wanted, what is given in return, and what only looks like either."""

from __future__ import annotations

import re
from typing import Any

from auterity_sdk.dealership.adf.amounts import read_money, read_odometer
from auterity_sdk.dealership.adf.element import Element
from auterity_sdk.dealership.adf.reading import Reading
from auterity_sdk.dealership.lead import Extra
from auterity_sdk.dealership.vehicle import Vehicle
from auterity_sdk.dealership.vin import check_digit_ok, na_market, normalise, valid_format

_CHILDREN = """
id year make model vin stock trim doors bodystyle transmission odometer condition colorcombination imagetag price
pricecomments option finance comments
"""
_KNOWN = frozenset(_CHILDREN.split())
_INTERESTS = {
    "": "buy",
    "buy": "buy",
    "lease": "lease",
    "sell": "sell",
    "trade-in": "trade-in",
    "test-drive": "test-drive",
}
_NEAR_INTERESTS = {
    "tradein": "trade-in",
    "trade in": "trade-in",
    "trade_in": "trade-in",
    "trade": "trade-in",
    "testdrive": "test-drive",
    "test drive": "test-drive",
    "test_drive": "test-drive",
    "purchase": "buy",
}
_CONDITIONS = ("excellent", "good", "fair", "poor", "unknown")
_PRICE_TYPES = ("quote", "offer", "msrp", "invoice", "call", "appraisal", "asking")
_AMOUNTS = {"downpayment": "down_payment", "monthly": "monthly", "total": "total", "": "total"}
_BALANCES = {"finance": "payoff", "payoff": "payoff", "": "payoff", "residual": "residual"}
_LINES = {
    "make": "make",
    "model": "model",
    "trim": "trim",
    "stock": "stock",
    "doors": "doors",
    "bodystyle": "body_style",
    "transmission": "transmission",
}


def read_vehicles(
    reading: Reading, prospect: Element, comments: str
) -> tuple[list[Vehicle], list[Vehicle]]:
    """The vehicles that are wanted, and those that are given, each in document order."""
    found: list[Vehicle] = []
    for index, element in enumerate(prospect.all("vehicle"), 1):
        if element.is_empty:
            reading.log.note("ADF202", element.line)
        elif len(found) < 200:
            found.append(_vehicle(reading, element, f"vehicle[{index}]"))
    wanted = [v for v in found if not v.is_trade]
    trades = [v for v in found if v.is_trade]
    if not found:
        reading.log.note("ADF201", prospect.line)
    return wanted, [v for v in trades if not _mirrors(reading, v, wanted, comments, prospect.line)]


def _mirrors(
    reading: Reading, trade: Vehicle, wanted: list[Vehicle], comments: str, line: int
) -> bool:
    """A form's copy of the wanted vehicle in its trade-in block, and nothing known of it."""
    if trade.year or trade.vin or trade.odometer or not trade.model:
        return False
    if not any((v.model or "").casefold() == trade.model.casefold() for v in wanted):
        return False
    if re.search(r"\btrad(?:e|es|ing|ed)\b", comments, re.IGNORECASE):
        return False
    reading.log.note("ADF205", line, confidence="medium")
    name = f"{trade.make or ''} {trade.model}".strip()
    reading.extras.append(Extra(path="vehicle[trade-in]", text=name))
    return True


def _vehicle(reading: Reading, element: Element, path: str) -> Vehicle:
    data: dict[str, Any] = {
        name: reading.line_of(element, tag) or None for tag, name in _LINES.items()
    }
    if data["model"] and data["model"].count("(") > data["model"].count(")"):
        reading.log.note("ADF214", element.line, "in model", confidence="medium")
    data["vin"] = _vin(reading, element, path)
    data["year"] = _year(reading, element, path)
    data["interest"] = _interest(reading, element)
    data["status"] = _status(reading, element, path)
    data["condition"] = _condition(reading, element, path)
    data["odometer"] = read_odometer(reading, element.first("odometer"), f"{path}/odometer")
    data |= _price(reading, element, path) | _looks(reading, element, path)
    data["finance"] = _finance(reading, element.first("finance"), path)
    data["options"] = _options(reading, element, path)
    data["comments"] = _texts(reading, element, "comments")
    data["price_comments"] = _texts(reading, element, "pricecomments")
    _keep_rest(reading, element, path)
    return Vehicle.model_validate(data)


def _keep_rest(reading: Reading, element: Element, path: str) -> None:
    reading.keep_unknown(element, _KNOWN, path)
    for name in (*_LINES, "vin", "year", "odometer", "condition", "finance"):
        used = next((child for child in element.all(name) if child.text or child.children), None)
        reading.keep_repeated(element, used, name, path)
    for child in element.all("id"):
        reading.keep(child, f"{path}/id")


def _vin(reading: Reading, element: Element, path: str) -> str | None:
    written = reading.line_of(element, "vin")
    child = element.first("vin")
    if not written or child is None:
        return None
    vin = normalise(written)
    if not valid_format(vin):
        reading.log.note("ADF207", child.line, "kept in extras")
        reading.keep(child, f"{path}/vin")
        return None
    if na_market(vin) and not check_digit_ok(vin):
        reading.log.note("ADF207", child.line, "the check digit", confidence="medium")
    return vin


def _year(reading: Reading, element: Element, path: str) -> int | None:
    written = reading.line_of(element, "year")
    child = element.first("year")
    if not written or child is None:
        return None
    found = re.fullmatch(r"(?:19|20)\d\d", written, re.ASCII)
    if found is None:
        reading.log.note("ADF206", child.line)
        reading.keep(child, f"{path}/year")
        return None
    return int(written)


def _interest(reading: Reading, element: Element) -> str:
    written = element.attribute("interest")
    if written in _INTERESTS:
        return _INTERESTS[written]
    reading.log.note("ADF204", element.line, confidence="medium")
    return _NEAR_INTERESTS.get(written, "buy")


def _status(reading: Reading, element: Element, path: str) -> str | None:
    written = element.attribute("status")
    if written in ("", "new", "used"):
        return written or None
    reading.log.note("ADF203", element.line, "kept in extras")
    reading.extras.append(Extra(path=f"{path}/@status", text=written[:100]))
    return "used" if written in ("cpo", "certified", "pre-owned", "preowned") else None


def _condition(reading: Reading, element: Element, path: str) -> str | None:
    written = element.text_of("condition").lower()
    child = element.first("condition")
    if not written or child is None or written in _CONDITIONS:
        return written or None
    reading.log.note("ADF212", child.line, "kept in extras")
    reading.keep(child, f"{path}/condition")
    return None


def _price(reading: Reading, element: Element, path: str) -> dict[str, Any]:
    child = element.first("price")
    reading.keep_repeated(element, child, "price", path)
    if child is None or not child.text:
        return {}
    kind = child.attribute("type")
    if kind and kind not in _PRICE_TYPES:
        reading.log.note("ADF215", child.line)
    money = read_money(reading, child, f"{path}/price")
    return {"price": money, "price_type": kind if money and kind in _PRICE_TYPES else None}


def _looks(reading: Reading, element: Element, path: str) -> dict[str, Any]:
    colors = element.first("colorcombination")
    reading.keep_repeated(element, colors, "colorcombination", path)
    image = element.first("imagetag")
    reading.keep_repeated(element, image, "imagetag", path)
    found = {"image_url": reading.line_of(element, "imagetag") or None}
    if colors is not None:
        found["exterior_color"] = reading.line_of(colors, "exteriorcolor") or None
        found["interior_color"] = reading.line_of(colors, "interiorcolor") or None
    return found


def _finance(reading: Reading, element: Element | None, path: str) -> dict[str, Any] | None:
    if element is None or element.is_empty:
        return None
    method = element.text_of("method").lower()
    data: dict[str, Any] = {"method": method if method in ("cash", "finance", "lease") else None}
    for child in element.all("amount", "balance"):
        kinds = _AMOUNTS if child.name == "amount" else _BALANCES
        name = kinds.get(child.attribute("type"))
        if name is None or name in data:
            reading.log.note("ADF215", child.line)
            reading.keep(child, f"{path}/finance/{child.name}")
        else:
            data[name] = read_money(reading, child, f"{path}/finance/{child.name}")
    reading.keep_unknown(element, ("method", "amount", "balance"), f"{path}/finance")
    return data if any(data.values()) else None


def _options(reading: Reading, element: Element, path: str) -> list[str]:
    names: list[str] = []
    for option in element.all("option"):
        name = reading.line_of(option, "optionname", "name") or reading.one_line(option)
        names += [name] if name else []
        for child in option.children:
            if child.name not in ("optionname", "name"):
                reading.keep(child, f"{path}/option[{max(1, len(names))}]/{child.name}")
    return names


def _texts(reading: Reading, element: Element, name: str) -> str:
    return "\n".join(text for child in element.all(name) if (text := reading.text(child)))[:20_000]
