"""Standard input and output for the protocol alone: what a module of a project prints must not get between."""

from __future__ import annotations

import os
import sys
from io import BufferedIOBase
from typing import BinaryIO, cast

MOST_BYTES = 64_000_000
"""A longer message is read past."""

_LONGEST_HEADER = 10_000
_CHUNK = 65_536


class BoundedInput(BufferedIOBase):
    """An input whose messages cannot ask for more memory than `MOST_BYTES`."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner

    def readline(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002 - always bounded
        """A line of a header, at most so long."""
        return self._inner.readline(_LONGEST_HEADER)

    def read(self, size: int | None = -1, /) -> bytes:
        """So many bytes; an empty message in place of one that is too long. Fewer at the end."""
        left, kept = size or 0, bytearray()
        keep = left <= MOST_BYTES
        while left > 0:
            chunk = self._inner.read(min(left, _CHUNK))
            if not chunk:
                return b""
            left -= len(chunk)
            if keep:
                kept += chunk
        return bytes(kept) if keep else b"{}"


def protocol_streams() -> tuple[BinaryIO, BinaryIO]:
    """The process's input and output, for nobody else: what is printed from now on goes to standard error."""
    source = cast("BinaryIO", BoundedInput(os.fdopen(os.dup(0), "rb")))
    target = os.fdopen(os.dup(1), "wb")
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    sys.stdout.flush()
    os.dup2(2, 1)
    return source, target
