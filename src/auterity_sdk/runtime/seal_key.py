"""Where the key of sealed values is: in a file that only its owner can read, or in the system's keyring."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from auterity_sdk.errors import ConfigurationError, StoreUnavailable
from auterity_sdk.runtime.seal import KEY_BYTES, SealKey

FILE, KEYRING = "file", "keyring"
KEY_FILE = "seal.key"
SERVICE = "auterity"
"""The name under which the keyring has the keys, with a project's folder as the user."""

_LOST = (
    "put it back from a backup; without it, what it sealed cannot be read, and nothing else is lost"
)


def seal_key(setting: str, folder: Path) -> SealKey:
    """The key that `[store] seal_key` names: `file` (in the store's folder), `file:PATH` or `keyring`.

    Raises `ConfigurationError` for another word.
    """
    kind, _, path = setting.partition(":")
    if setting == KEYRING:
        return _in_keyring(str(folder))
    if kind == FILE and (path or setting == FILE):
        return _in_file(folder.parent / path if path else folder / KEY_FILE)
    raise ConfigurationError(
        f"[store] seal_key `{setting}` names no place for a key",
        help="write file, file:PATH or keyring",
    )


def _in_file(file: Path) -> SealKey:
    def make() -> bytes:
        if not file.exists():
            _make_file(file)
        return read()

    def read() -> bytes:
        try:
            return _decoded(_private_text(file), str(file))
        except FileNotFoundError:
            raise StoreUnavailable(f"the seal key {file} is missing", help=_LOST) from None
        except OSError as error:
            raise StoreUnavailable(
                f"the seal key {file} cannot be read: {error.strerror}",
                help="check its owner and its permissions",
            ) from None

    return SealKey(str(file), make, read)


def _make_file(file: Path) -> None:
    """Make a key that is whole as soon as it is there: another process may make it at the same time."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as written:
            written.write(_encoded(secrets.token_bytes(KEY_BYTES)).encode() + b"\n")
            written.flush()
            os.fsync(written.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    except OSError as error:
        raise StoreUnavailable(
            f"the seal key {file} cannot be made: {error.strerror}",
            help="check that its folder may be written",
        ) from None
    finally:
        draft.unlink(missing_ok=True)


def _private_text(file: Path) -> str:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(file, flags), encoding="ascii", errors="replace") as opened:
        mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
        if os.name == "posix" and mode & 0o077:
            raise StoreUnavailable(
                f"the seal key {file} may be read by others (mode {mode:o})",
                help=f"chmod 600 {file}, and make a new key if somebody may have read it",
            )
        return opened.read()


def _in_keyring(project: str) -> SealKey:
    place = f"the keyring (service {SERVICE}, user {project})"

    def make() -> bytes:
        ring = _keyring()
        try:
            if ring.get_password(SERVICE, project) is None:
                ring.set_password(SERVICE, project, _encoded(secrets.token_bytes(KEY_BYTES)))
        except Exception as error:  # noqa: BLE001 - each backend raises its own
            raise _refused(place, error) from None
        return read()

    def read() -> bytes:
        try:
            found = _keyring().get_password(SERVICE, project)
        except Exception as error:  # noqa: BLE001 - each backend raises its own
            raise _refused(place, error) from None
        if found is None:
            raise StoreUnavailable(f"the seal key is missing in {place}", help=_LOST)
        return _decoded(found, place)

    return SealKey(place, make, read)


def _keyring() -> Any:
    """The library, which is optional."""
    try:
        import keyring
    except ImportError:
        raise ConfigurationError(
            "[store] seal_key is `keyring`, and the package keyring is not installed",
            help="pip install 'auterity[keyring]', or write file",
        ) from None
    return keyring


def _refused(place: str, error: Exception) -> Exception:
    if isinstance(error, ConfigurationError):
        return error
    return StoreUnavailable(
        f"{place} does not answer ({type(error).__name__})",
        help="unlock it, or write [store] seal_key = 'file'",
    )


def _encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _decoded(text: str, place: str) -> bytes:
    with suppress(binascii.Error, ValueError):
        key = base64.b64decode(text.strip(), validate=True)
        if len(key) == KEY_BYTES:
            return key
    raise StoreUnavailable(f"the seal key in {place} is damaged", help=_LOST)
