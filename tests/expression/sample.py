"""A scope of the trade, and data that fits it."""

from datetime import UTC, datetime
from typing import Any

from auterity_sdk.expression.types import (
    ANY,
    DURATION,
    INT,
    NUMBER,
    STRING,
    TIMESTAMP,
    Field,
    ListType,
    Literals,
    MapType,
    ObjectType,
    Type,
)

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

CUSTOMER = ObjectType(
    "Customer",
    {"id": Field(STRING), "first_name": Field(STRING), "phone": Field(STRING, False, True)},
)
VEHICLE = ObjectType(
    "Vehicle", {"model": Field(STRING, False), "price": Field(NUMBER), "year": Field(INT)}
)
LEAD = ObjectType(
    "Lead",
    {
        "customer": Field(CUSTOMER),
        "vehicle": Field(VEHICLE, required=False),
        "at": Field(TIMESTAMP),
        "wait": Field(DURATION),
        "tags": Field(ListType(STRING)),
        "cars": Field(ListType(VEHICLE)),
        "times": Field(ListType(TIMESTAMP)),
        "extra": Field(MapType(NUMBER)),
        "any": Field(ANY, required=False),
    },
)
SCOPE: dict[str, Type] = {
    "input": ObjectType("input", {"lead": Field(LEAD), "min_score": Field(NUMBER)}),
    "score": ObjectType(
        "score", {"score": Field(NUMBER), "reason": Field(STRING), "n": Field(INT)}
    ),
    "outcome": ObjectType(
        "outcome", {"reply": Field(Literals(("received", "timeout")), required=False)}
    ),
    "run": ObjectType("run", {"now": Field(TIMESTAMP), "id": Field(STRING)}),
    "item": TIMESTAMP,
    "index": INT,
}

DATA: dict[str, Any] = {
    "input": {
        "lead": {
            "customer": {"id": "c-1", "first_name": "Ann", "phone": None},
            "vehicle": {"price": 5, "year": 2020},
            "at": "2026-11-20T08:00:00Z",
            "wait": "PT2H",
            "tags": ["a", "b"],
            "cars": [{"model": "x", "price": 3, "year": 1}, {"price": 9.5, "year": 2}],
            "times": ["2026-11-20T08:00:00Z"],
            "extra": {"z": 2, "k": 1},
        },
        "min_score": 50,
    },
    "score": {"score": 80, "reason": "é", "n": 3},
    "outcome": {"reply": "timeout"},
    "run": {"now": NOW, "id": "r-1"},
    "item": NOW,
    "index": 4,
}
