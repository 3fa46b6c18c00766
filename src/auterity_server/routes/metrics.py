"""What Prometheus collects. It needs the token of the settings, and no role gives it."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from auterity_server.access.guard import scraper
from auterity_server.metrics.metrics import MEDIA_TYPE
from auterity_server.running.standing import tell_standing
from auterity_server.wiring import Wired

router = APIRouter(dependencies=[Depends(scraper())], include_in_schema=False)


@router.get("/metrics")
async def metrics(wiring: Wired) -> Response:
    """All metrics of this process, and how the runs of its environments stand now."""
    await tell_standing(wiring.runs.all_known, wiring.metrics, wiring.runs.clock.now())
    for name, well in (await wiring.readiness.state()).items():
        wiring.metrics.check_ok.labels(name).set(well)
    return Response(wiring.metrics.text(), media_type=MEDIA_TYPE)
