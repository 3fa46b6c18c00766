"""Writing a file as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from auterity_sdk.errors import UsageError

_NEW_FILE = 0o666


def replace_file(file: Path, content: bytes) -> None:
    """Put `content` in place of a file, whose mode stays; a symbolic link stays, and its target is replaced.

    Raises `UsageError` where the file cannot be written; then the old one is untouched.
    """
    target = Path(os.path.realpath(file))
    made: str | None = None
    try:
        mode = target.stat().st_mode & 0o7777 if target.exists() else _NEW_FILE & ~_mask()
        handle, made = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        Path(made).chmod(mode)
        Path(made).replace(target)
    except OSError as error:
        if made is not None:
            Path(made).unlink(missing_ok=True)
        reason = (error.strerror or type(error).__name__).lower()
        raise UsageError(f"{file} cannot be written: {reason}") from None


def _mask() -> int:
    """The process's mask for new files, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
