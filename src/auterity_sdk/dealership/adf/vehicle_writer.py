"""A vehicle as an ADF element, in the order of the document type."""

from __future__ import annotations

from auterity_sdk.dealership.adf.element import Element
from auterity_sdk.dealership.money import Money
from auterity_sdk.dealership.vehicle import Finance, Odometer, Vehicle


def node(name: str, children: list[Element], **attributes: str) -> Element:
    """An element with elements inside."""
    return Element(name, attributes, children=children)


def leaf(name: str, text: str, **attributes: str) -> Element:
    """An element with text inside; an empty attribute is not written."""
    return Element(name, attributes, pieces=[text])


def vehicle_element(vehicle: Vehicle) -> Element:
    """A vehicle; year, make and model are written always, the rest where known."""
    children = [
        leaf("year", str(vehicle.year or "")),
        leaf("make", vehicle.make or ""),
        leaf("model", vehicle.model or ""),
        *_known("vin", vehicle.vin),
        *_known("stock", vehicle.stock),
        *_known("trim", vehicle.trim),
        *_known("doors", vehicle.doors),
        *_known("bodystyle", vehicle.body_style),
        *_known("transmission", vehicle.transmission),
        *_odometer(vehicle.odometer),
        *_known("condition", vehicle.condition),
        *_colors(vehicle),
        *_known("imagetag", vehicle.image_url),
        *_money("price", vehicle.price, vehicle.price_type),
        *_known("pricecomments", vehicle.price_comments),
        *(node("option", [leaf("optionname", option)]) for option in vehicle.options),
        *_finance(vehicle.finance),
        *_known("comments", vehicle.comments),
    ]
    return node("vehicle", children, interest=vehicle.interest, status=vehicle.status or "")


def _known(name: str, text: str | None) -> list[Element]:
    return [leaf(name, text)] if text else []


def _odometer(odometer: Odometer | None) -> list[Element]:
    if odometer is None:
        return []
    status = odometer.status or ""
    return [leaf("odometer", str(odometer.value), status=status, units=odometer.unit)]


def _colors(vehicle: Vehicle) -> list[Element]:
    parts = [
        *_known("interiorcolor", vehicle.interior_color),
        *_known("exteriorcolor", vehicle.exterior_color),
    ]
    return [node("colorcombination", parts)] if parts else []


def _money(name: str, money: Money | None, kind: str | None) -> list[Element]:
    if money is None or not money.minor:
        return []
    return [leaf(name, money.decimal_text, type=kind or "", currency=money.currency)]


def _finance(finance: Finance | None) -> list[Element]:
    if finance is None:
        return []
    parts = [
        *_known("method", finance.method),
        *_money("amount", finance.down_payment, "downpayment"),
        *_money("amount", finance.monthly, "monthly"),
        *_money("amount", finance.total, "total"),
        *_money("balance", finance.payoff, "finance"),
        *_money("balance", finance.residual, "residual"),
    ]
    return [node("finance", parts)] if parts else []
