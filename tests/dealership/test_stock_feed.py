"""The feed of a dealer's stock: the dialects that are read, the rows that are not, and what is found in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from auterity_sdk.dealership.in_stock import InStock, Wanted, by_price
from auterity_sdk.dealership.stock_feed import read_stock

EXAMPLE = Path(__file__).parents[2] / "examples/knowledge/documents/inventory.csv"
FEED = """\
\ufeffStock #,New/Used,Model Year,MAKE,Model,Trim Level,Ext. Color,Odometer,Internet Price,MSRP,Notes
N1,New,2026,Honda,Civic,Sport,Rallye Red,"12 mi","$27,495.00*",28000,x
U2,Certified Used,2021,Honda,CR-V,EX,#N/A,"41,250",Call,,
U3,U,2019,Ford,F-150,XLT,Oxford White,88210,25995,,"call me at 614"

U4,used,20x1,Kia,Soul,,,,9000,,
,used,2011,Kia,Soul,,,,9000,,
U6,used,2011,Kia,Soul,,,,cheap,,
"""


def test_a_feed_is_read_whoever_wrote_it() -> None:
    stock = read_stock(FEED.encode())
    civic, crv, truck = stock.vehicles
    assert civic == InStock.model_validate(
        {
            "stock": "N1",
            "status": "new",
            "year": 2026,
            "make": "Honda",
            "model": "Civic",
            "trim": "Sport",
            "color": "Rallye Red",
            "miles": 12,
            "price": {"amount": "27495.00", "currency": "USD"},
        }
    )
    assert (crv.status, crv.price, crv.color, crv.miles) == ("used", None, "", 41250)
    assert truck.status == "used"
    assert [(each.row, each.why) for each in stock.unread] == [
        (6, "`year` is no whole number"),
        (7, "`stock`: Field required"),
        (8, "`price` is no amount"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    rows = (("Stk", "Make", "Model", "Colour"), ("1", "Citro\u00ebn", "C4", "Blue"))
    text = "\r\n".join(delimiter.join(row) for row in rows)
    [vehicle] = read_stock(text.encode(encoding)).vehicles
    assert (vehicle.make, vehicle.color) == ("Citro\u00ebn", "Blue")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no column for stock, make, model"),
        (b"Make,Model\nHonda,Civic\n", "no column for stock"),
        (b'Stock,Make,Model\n"' + b"x" * 200_000 + b'"\n', "no CSV"),
    ],
)
def test_what_is_no_feed_is_an_error(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_stock(content)


def test_the_shipped_example_is_read_whole() -> None:
    stock = read_stock(EXAMPLE.read_bytes())
    assert len(stock.vehicles) == len(EXAMPLE.read_text().splitlines()) - 1
    assert stock.unread == ()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["U3", "N1", "U2"]),
        ({"make": "honda"}, ["N1", "U2"]),
        ({"make": "Honda", "model": "civic sport"}, ["N1"]),
        ({"model": "CRV"}, ["U2"]),
        ({"model": "cr v"}, ["U2"]),
        ({"model": "f150"}, ["U3"]),
        ({"model": "F 150"}, ["U3"]),
        ({"words": "red civic"}, ["N1"]),
        ({"words": "iv"}, []),
        ({"color": "white"}, ["U3"]),
        ({"status": "used"}, ["U3", "U2"]),
        ({"least_year": 2021}, ["N1", "U2"]),
        ({"most_price": 26000}, ["U3"]),
        ({"most_miles": 50_000}, ["N1", "U2"]),
        ({"model": "Pilot"}, []),
    ],
)
def test_what_fits_is_found_the_cheapest_first(wanted: dict[str, object], found: list[str]) -> None:
    stock = sorted(read_stock(FEED.encode()).vehicles, key=by_price)
    assert [
        vehicle.stock for vehicle in stock if Wanted.model_validate(wanted).fits(vehicle)
    ] == found
