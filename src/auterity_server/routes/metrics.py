"""What Prometheus collects. It needs the token of the settings, and no role gives it."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from auterity_server.access.guard import scraper
from auterity_server.metrics.metrics import MEDIA_TYPE
from auterity_server.probes import metrics_text
from auterity_server.wiring import Wired

router = APIRouter(dependencies=[Depends(scraper())], include_in_schema=False)


@router.get("/metrics")
async def metrics(wiring: Wired) -> Response:
    """All metrics of this process, and how the runs of its environments stand now."""
    text = await metrics_text(wiring.runs, wiring.metrics, wiring.readiness)
    return Response(text, media_type=MEDIA_TYPE)
