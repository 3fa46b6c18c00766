"""Calls of models added up by day, workflow, step, run or model, as `auterity usage` shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo
from enum import StrEnum

from msgspec import Struct

from auterity_sdk.connections.usage import Spent
from auterity_sdk.workflow.budget import NANO


class By(StrEnum):
    """What calls are added up by."""

    DAY = "day"
    WORKFLOW = "workflow"
    STEP = "step"
    RUN = "run"
    MODEL = "model"


class UsageRow(Struct, frozen=True):
    """The calls of one name. `usd` is None where the price of one of them is not known (`without_price` counts those).

    `open` were begun and have not ended: what was set aside for them counts.
    """

    name: str
    calls: int
    open: int
    input_tokens: int
    output_tokens: int
    tokens_set_aside: int
    usd: float | None
    without_price: int


def usage_rows(calls: Iterable[Spent], by: By, zone: tzinfo = UTC) -> list[UsageRow]:
    """A row for each name, and behind several the row `total`. Days are those of `zone`."""
    groups: dict[str, list[Spent]] = {}
    for spent in calls:
        groups.setdefault(_name(spent, by, zone), []).append(spent)
    rows = [_row(name, group) for name, group in sorted(groups.items())]
    if len(rows) > 1:
        rows.append(_row("total", [spent for group in groups.values() for spent in group]))
    return rows


def _name(spent: Spent, by: By, zone: tzinfo) -> str:
    call = spent.call
    match by:
        case By.DAY:
            return call.at.astimezone(zone).date().isoformat()
        case By.WORKFLOW:
            return call.workflow
        case By.STEP:
            return f"{call.workflow}/{call.step}"
        case By.RUN:
            return call.run
        case By.MODEL:
            return f"{call.provider}/{call.model}"


def _row(name: str, calls: Sequence[Spent]) -> UsageRow:
    costs = [spent.amount.nano for spent in calls]
    known = [nano for nano in costs if nano is not None]
    return UsageRow(
        name=name,
        calls=len(calls),
        open=sum(not spent.settled for spent in calls),
        input_tokens=sum(spent.input for spent in calls),
        output_tokens=sum(spent.output for spent in calls),
        tokens_set_aside=sum(spent.amount.tokens for spent in calls if not spent.settled),
        usd=sum(known) / NANO if len(known) == len(costs) else None,
        without_price=len(costs) - len(known),
    )
