"""Where the tokens of a sign-in are kept: in the system's keyring, else in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from auterity_sdk.errors import ConfigurationError

SERVICE = "auterity"

Place = Literal["keyring", "file"]


class KeptTokens(BaseModel):
    """The tokens of a session, or an API key. `server` is the address that they are for; they go to no other.

    `expires_at` is when the access token is over, in seconds since 1970 by this machine's clock.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    server: str
    access_token: str = ""
    refresh_token: str = ""
    expires_at: float = 0
    api_key: str = ""

    def __repr__(self) -> str:
        return f"KeptTokens(server={self.server!r})"

    __str__ = __repr__


class TokenVault(Protocol):
    """Keeps the tokens of one context."""

    def read(self) -> KeptTokens | None:
        """The tokens, or None."""
        ...

    def write(self, tokens: KeptTokens) -> None:
        """Keep these instead."""
        ...

    def forget(self) -> None:
        """Keep none."""
        ...


class TokenFile:
    """In a file of mode 0600. One that others may read is refused: what it holds is known to them."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> KeptTokens | None:
        """The tokens, or None. Raises `ConfigurationError` for a file that others may read, or that is none of ours."""
        try:
            with self._file.open("rb") as opened:
                mode = os.fstat(opened.fileno()).st_mode
                text = opened.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigurationError(f"{self._file} cannot be read: {error.strerror}") from None
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(
                f"others may read the tokens in {self._file}",
                help=f"auterity logout, then sign in again; or chmod 600 {self._file}",
            )
        return _read(text, str(self._file))

    def write(self, tokens: KeptTokens) -> None:
        """Keep these instead, whole or not at all."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._file.with_name(f".{self._file.name}.{secrets.token_hex(4)}")
        try:
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as written:
                written.write(tokens.model_dump_json(exclude_defaults=True).encode())
                written.flush()
                os.fsync(written.fileno())
            draft.replace(self._file)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise ConfigurationError(f"{self._file} cannot be written: {error.strerror}") from None

    def forget(self) -> None:
        """Remove the file."""
        self._file.unlink(missing_ok=True)


class TokenRing:
    """In the system's keyring, under the name of the context."""

    def __init__(self, context: str) -> None:
        self._name = f"login:{context}"

    def read(self) -> KeptTokens | None:
        """The tokens, or None. Raises `ConfigurationError` where the keyring does not answer."""
        text = self._asked(lambda ring: ring.get_password(SERVICE, self._name))
        return None if text is None else _read(text, "the keyring")

    def write(self, tokens: KeptTokens) -> None:
        """Keep these instead."""
        text = tokens.model_dump_json(exclude_defaults=True)
        self._asked(lambda ring: ring.set_password(SERVICE, self._name, text))

    def forget(self) -> None:
        """Keep none."""
        with suppress(ConfigurationError):
            self._asked(lambda ring: ring.delete_password(SERVICE, self._name))

    def works(self) -> bool:
        """Whether there is a keyring here that keeps what it is given."""
        probe = f"{self._name}:{secrets.token_hex(4)}"
        try:
            ring = _keyring()
            ring.set_password(SERVICE, probe, "1")
            kept = bool(ring.get_password(SERVICE, probe) == "1")
            ring.delete_password(SERVICE, probe)
        except Exception:  # noqa: BLE001 - backends raise what they like
            return False
        return kept

    def _asked(self, work: Any) -> Any:
        try:
            return work(_keyring())
        except Exception as error:  # noqa: BLE001 - backends raise what they like, and their texts may tell too much
            raise ConfigurationError(
                f"the keyring does not answer ({type(error).__name__})",
                help="unlock it, or auterity login --tokens file",
            ) from None


def _keyring() -> Any:
    import keyring  # here: it is an extra, and slow

    return keyring


def _read(text: str | bytes, place: str) -> KeptTokens:
    try:
        return KeptTokens.model_validate_json(text)
    except ValidationError:
        raise ConfigurationError(
            f"what {place} holds are no tokens of this version of auterity",
            help="auterity logout, then sign in again",
        ) from None
