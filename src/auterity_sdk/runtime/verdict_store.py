"""Verdicts on disk: JSON files named by the hash of all that they depend on, in a folder of their owner's alone."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_KEPT = 7 * 86_400
"""Seconds for which an entry that nobody reads is kept."""
_STAMP = "swept"
_SWEEP = 86_400


def cache_folder() -> Path | None:
    """Where a user's caches are: `$XDG_CACHE_HOME/auterity`, else `~/.cache/auterity`; None without a home.

    Not in the project: a repository could bring a cache along that says of its files what it likes.
    """
    given = os.environ.get("XDG_CACHE_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / "auterity"
    home = Path("~").expanduser()
    return home / ".cache" / "auterity" if home.is_absolute() else None


class VerdictStore:
    """Entries by key (hexadecimal). What cannot be read or written is as if it were not there.

    An entry is written under another name and moved into place, so that no process sees a part of one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._usable = _private(folder)
        self._wrote = False

    def get(self, key: str) -> Any:
        """The data of an entry, or None where there is none or its checksum is wrong."""
        if not self._usable:
            return None
        try:
            checksum, data = json.loads(self._file(key).read_bytes())
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        return data if checksum == _checksum(key, _text(data)) else None

    def put(self, key: str, data: Any) -> None:
        """Keep an entry. Where the disk refuses, nothing is kept any more."""
        if not self._usable:
            return
        text = _text(data)
        file = self._file(key)
        try:
            file.parent.mkdir(mode=0o700, exist_ok=True)
            _write(file, f'["{_checksum(key, text)}",{text}]'.encode("ascii"))
        except OSError:
            self._usable = False
        self._wrote = True

    def clear(self) -> int:
        """Remove all entries; gives how many there were."""
        return sum(_removed(file) for file in self._files()) if self._usable else 0

    def sweep(self) -> None:
        """Once a day, remove what was not written for a week."""
        now = time.time()
        stamp = self._folder / _STAMP
        if not self._usable or not self._wrote or now - _written(stamp) < _SWEEP:
            return
        try:
            stamp.touch(mode=0o600)
        except OSError:
            return
        for file in self._files():
            if now - _written(file) > _KEPT:
                _removed(file)

    def _file(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key[2:]}.json"

    def _files(self) -> Iterator[Path]:
        yield from self._folder.glob("??/*")


def _text(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"))


def _checksum(key: str, text: str) -> str:
    # With the key, so that an entry that was moved under another name is none.
    return hashlib.sha256(f"{key}\n{text}".encode("ascii")).hexdigest()


def _private(folder: Path) -> bool:
    """Make the folder; False where others may write into it, or it cannot be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError:
        return False
    mine = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return mine and (os.name == "nt" or not found.st_mode & 0o022)


def _write(file: Path, content: bytes) -> None:
    handle, made = tempfile.mkstemp(dir=file.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        Path(made).replace(file)
    except OSError:
        Path(made).unlink(missing_ok=True)
        raise


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _removed(file: Path) -> bool:
    try:
        file.unlink()
    except OSError:
        return False
    return True
