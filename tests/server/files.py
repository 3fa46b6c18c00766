"""Workflows that the tests push."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auterity_sdk.dealership.adf import parse_adf

DEALER = {"dealership": {"name": "Smith Honda", "region": "OH", "timezone": "America/New_York"}}

SHIPPED = Path(__file__).parents[2] / "workflows"

PAUSE = """auterity: 1
name: pause
input: {who: string}
steps:
  hold: {wait: 1s}
output: {said: "Hello ${input.who}"}
"""

DESK = """auterity: 1
name: desk
input: {customer: {type: string, x-data-class: identity}, amount: number}
steps:
  manager:
    approve:
      role: sales_manager
      title: Offer ${input.amount} dollars?
      timeout: 2d
  offer:
    needs: manager.approved
    uses: task.assign
    with: {role: sales, due: 1h, title: "Call ${input.customer}"}
ends: {offered: offer, refused: manager.rejected, late: manager.timeout}
"""

BROKEN = PAUSE.replace("input.who", "input.whom")


def push(*texts: str, **more: Any) -> dict[str, Any]:
    """The body of a push of these texts."""
    files = [
        {"path": f"workflows/{number}.yaml", "text": text} for number, text in enumerate(texts)
    ]
    return {"files": files, **more}


def shipped(name: str) -> str:
    """A workflow that ships with Auterity."""
    return (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")


def lead() -> dict[str, Any]:
    """The internet lead of the examples, as it is read from its ADF document."""
    content = (SHIPPED.parent / "examples" / "data" / "lead.xml").read_bytes()
    found = parse_adf(content, received_at=datetime(2026, 11, 24, 15, tzinfo=UTC))
    read: dict[str, Any] = found.leads[0].model_dump(mode="json", exclude_none=True)
    return read
