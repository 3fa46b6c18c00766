"""Lets all loggers of the process write to standard error in one form."""

from __future__ import annotations

import logging
import sys

from auterity_server.logs.lines import OURS, Lines

_UVICORN = "uvicorn"


def set_up_logs(form: str, level: str) -> None:
    """`form` is text or json; `level` is that of what this server and uvicorn tell. Others' code only warns."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(as_json=form == "json"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # What others tell at a lower level quotes addresses and values.
    root.setLevel(logging.WARNING)
    for name in (OURS, _UVICORN):
        logger = logging.getLogger(name)
        logger.setLevel(level.upper())
        logger.handlers.clear()
        logger.propagate = True
    logging.captureWarnings(capture=True)
