"""How long a webhook's answer takes: `python -m tests.server.triggers.webhook_times`, on a server process of its own."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx2

from tests.server.files import push
from tests.server.test_process import done, first, serving, staging
from tests.server.triggers.signing import standard
from tests.server.triggers.test_webhooks import ADF, LEADS

COUNT, PACE = 200, 0.05
"""So many leads, one in so many seconds: the runs that they start go on meanwhile, in the same process."""


def main() -> None:
    """Measure a server on SQLite."""
    measure()


def measure(**settings: str) -> None:
    """Print the percentiles of leads that come one after another, to a server with these variables."""
    many = {
        "AUTERITY_HOOK_REQUESTS_PER_MINUTE": "1000000",
        "AUTERITY_PUBLIC_REQUESTS_PER_MINUTE": "1000000",
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), **many, **settings) as (_, said),
        first(said) as owner,
    ):
        path = staging(owner)
        done(owner.post(f"{path}/pushes", json=push(LEADS)))
        made = done(owner.post(f"{path}/webhooks", json={"path": "leads", "format": "adf"}))
        url, secret = made["webhook"]["url"], made["secret"]
        times = sorted(_times(url, secret))
    cuts = statistics.quantiles(times, n=100)
    figures = f"p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms"
    sys.stdout.write(f"{COUNT} leads, {1 / PACE:.0f} a second: {figures}\n")


def _times(url: str, secret: str) -> list[float]:
    """Milliseconds that each answer took."""
    found = []
    with httpx2.Client(verify=False) as client:
        for number in range(COUNT):
            headers = standard(secret, ADF, f"m{number}")
            began = time.perf_counter()
            answer = client.post(url, content=ADF, headers=headers)
            found.append((time.perf_counter() - began) * 1000)
            time.sleep(PACE)
            assert answer.status_code == 202, answer.text
    return found


if __name__ == "__main__":
    main()
