"""The file of kept answers: JSON, sorted and one value on a line, so that a new answer is a small difference."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from auterity_sdk.ai.language_model import Answer, Vectors, Verdict
from auterity_sdk.errors import ConfigurationError

_NEW_FILE = 0o644


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer, and what was asked, to be read by people."""

    asked: str
    answer: Answer | None = None
    vectors: Vectors | None = None
    verdict: Verdict | None = None


class _Whole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    auterity_answers: int
    answers: dict[str, Entry]


class AnswerFile:
    """Entries by the hash of what was asked. The file is read again when it has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[tuple[int, int, int], dict[str, Entry]] | None = None

    def entries(self) -> Mapping[str, Entry]:
        """All that is kept; nothing where there is no file. Raises `ConfigurationError` for one that is wrong."""
        return self._current()

    def keep(self, key: str, entry: Entry) -> None:
        """Add an entry, or put it in the place of the old one; the rest stays. Raises `ConfigurationError`."""
        whole = _Whole(1, {**self._current(), key: entry})
        content = msgspec.json.format(msgspec.json.encode(whole, order="sorted"), indent=1)
        try:
            _replace(self.path, content + b"\n")
        except OSError as error:
            raise ConfigurationError(f"{self.path} cannot be written: {_reason(error)}") from None

    def _current(self) -> dict[str, Entry]:
        try:
            state = self.path.stat()
            stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
            if self._read is None or self._read[0] != stamp:
                self._read = (stamp, _entries(self.path))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ConfigurationError(f"{self.path} cannot be read: {_reason(error)}") from None
        return self._read[1]


def _entries(path: Path) -> dict[str, Entry]:
    try:
        whole = msgspec.json.decode(path.read_bytes(), type=_Whole)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path} is no file of kept answers: {error}",
            help="delete it, and record the answers anew",
        ) from None
    if whole.auterity_answers != 1:
        raise ConfigurationError(f"{path} is of a version that this program does not know")
    return whole.answers


def _replace(path: Path, content: bytes) -> None:
    """Write as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o7777 if path.exists() else _NEW_FILE
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        Path(made).chmod(mode)
        Path(made).replace(path)
    except OSError:
        with suppress(OSError):
            Path(made).unlink()
        raise


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
