"""The server ends with its editor, also where the editor is killed and its pipes stay open."""

from __future__ import annotations

import asyncio
import os
import sys

EVERY = 2.0
"""Seconds between two looks."""


async def outlived(process: int) -> None:
    """Return when the process of that id is gone."""
    while is_alive(process):  # noqa: ASYNC110 - no event tells of a process's end
        await asyncio.sleep(EVERY)


def is_alive(process: int) -> bool:
    """Whether there is a process of that id. On Windows always true: there, asking by signal would end it."""
    if sys.platform == "win32" or process <= 0:
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
