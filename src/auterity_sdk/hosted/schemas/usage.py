"""What calls of language models took, as `auterity usage --json` prints it."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from auterity_sdk.hosted.schemas.shape import Answer, Moment

By = Literal["day", "workflow", "step", "run", "model"]


class UsageRow(Answer):
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


class Usage(Answer):
    """A row for each name, and behind several the row `total`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "by": "workflow",
                    "since": "2026-10-29T15:00:00Z",
                    "rows": [
                        {
                            "name": "message-triage",
                            "calls": 12,
                            "open": 0,
                            "input_tokens": 6120,
                            "output_tokens": 840,
                            "tokens_set_aside": 0,
                            "usd": 0.0021,
                            "without_price": 0,
                        }
                    ],
                }
            ]
        }
    )

    by: By
    since: Moment
    rows: tuple[UsageRow, ...]
