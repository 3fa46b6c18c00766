"""Personal data is found wherever it stands in a model."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel

from auterity_sdk.dealership.classification import (
    Classified,
    ClassifiedPath,
    DataClass,
    classified_paths,
)
from auterity_sdk.dealership.lead import Lead

Secret = Annotated[str, Classified(DataClass.CREDIT)]


class Node(BaseModel):
    plain: str
    score: Secret | None = None
    many: dict[str, list[Secret]] = {}
    children: tuple[Node, ...] = ()


def test_optional_nested_and_recursive_fields() -> None:
    assert classified_paths(Node) == (
        ClassifiedPath(("score",), DataClass.CREDIT),
        ClassifiedPath(("many", "*", "*"), DataClass.CREDIT),
    )


def test_every_personal_field_of_a_lead_is_classed() -> None:
    found = {".".join(p.path): p.data_class.value for p in classified_paths(Lead)}
    expected = {
        "customer.first_name": "identity",
        "customer.full_name": "identity",
        "customer.phone": "contact",
        "customer.phones.*.number": "contact",
        "customer.email": "contact",
        "customer.address.street.*": "contact",
        "customer.address.postal_code": "contact",
        "vehicle.vin": "identity",
        "trade_ins.*.finance.payoff": "credit",
        "comments": "free_text",
        "extras.*.text": "free_text",
        "extras.*.attributes": "free_text",
        "customer.consents.*.evidence": "free_text",
    }
    assert expected.items() <= found.items()
    assert "vehicle.model" not in found
    assert "id" not in found
