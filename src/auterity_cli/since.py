"""`--since`: how far back a command looks."""

from __future__ import annotations

from datetime import datetime

from auterity_cli.local_runs import now
from auterity_sdk.errors import UsageError
from auterity_sdk.workflow.duration import Duration


def since_time(text: str) -> datetime:
    """The time so long ago, by the clock of runs: of `10m`, `7d`. Raises `UsageError`."""
    try:
        return now() - Duration.parse(text).timedelta
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--since: {error}", help="write it as 10m, 12h or 7d") from None
