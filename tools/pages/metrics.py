"""The page on metrics: each of the server's own, with its kind, its labels and what it tells."""

from __future__ import annotations

from auterity_server.metrics.metrics import Metrics
from tools.pages.tables import table


def listed() -> str:
    """All of them, as the registry has them."""
    rows = (
        (
            f"`{each.name}`",
            each.kind,
            ", ".join(f"`{label}`" for label in each.labels),
            each.meaning,
        )
        for each in Metrics().declared
    )
    return table(("metric", "kind", "labels", "what it tells"), rows)
