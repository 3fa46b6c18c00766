"""A lock between processes on a file, given back by the system when its holder dies."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from auterity_sdk.errors import ConfigurationError

LONGEST = 60.0
"""Seconds to wait for another process that holds it."""

_PAUSE = 0.02

if sys.platform == "win32":
    import msvcrt

    def _locked(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@asynccontextmanager
async def file_lock(file: Path) -> AsyncIterator[None]:
    """Hold the lock on `file`, which is made. Raises `ConfigurationError` where another process keeps it for too long."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        over = time.monotonic() + LONGEST
        while not _locked(descriptor):
            if time.monotonic() > over:
                raise ConfigurationError(f"another process keeps the lock {file}")
            await asyncio.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)
