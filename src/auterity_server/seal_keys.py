"""The keys of sealed values: of a file in the data folder, or of a setting that all processes share."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from pathlib import Path
from typing import Protocol

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.seal import KEY_BYTES, SealKey
from auterity_sdk.runtime.seal_key import FILE, seal_key
from auterity_server.settings import Settings


class SealKeys(Protocol):
    """Gives the keys of the server."""

    def of_server(self) -> SealKey:
        """That of sign-in."""
        ...

    def of_environment(self, environment_id: str, folder: Path) -> SealKey:
        """That of an environment's runs; `folder` is that of its store."""
        ...


class KeyFiles:
    """A file in the data folder, and one in the folder of each environment."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def of_server(self) -> SealKey:
        """See `SealKeys.of_server`."""
        return seal_key(FILE, self._data)

    def of_environment(self, environment_id: str, folder: Path) -> SealKey:  # noqa: ARG002 - the port's
        """See `SealKeys.of_environment`."""
        return seal_key(FILE, folder)


class SharedKey:
    """Keys that are made of one: who has an environment's key cannot work out another's."""

    def __init__(self, key: SealKey) -> None:
        self._key = key

    def of_server(self) -> SealKey:
        """See `SealKeys.of_server`."""
        return self._key

    def of_environment(self, environment_id: str, folder: Path) -> SealKey:  # noqa: ARG002 - the port's
        """See `SealKeys.of_environment`."""

        def derived(of: bytes) -> bytes:
            return hmac.new(of, f"environment {environment_id}".encode(), hashlib.sha256).digest()

        return SealKey(
            self._key.place,
            lambda: derived(self._key.make()),
            lambda: derived(self._key.read()),
        )


def key_in_setting(text: str) -> SealKey:
    """The key in `AUTERITY_SEAL_KEY`. Raises `ConfigurationError`."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError(
            f"AUTERITY_SEAL_KEY is not the base64 form of {KEY_BYTES} bytes",
            help=f"make one by: openssl rand -base64 {KEY_BYTES}",
        )
    return SealKey("AUTERITY_SEAL_KEY", lambda: key, lambda: key)


def keys_of(settings: Settings) -> SealKeys:
    """The keys by these settings. Raises `ConfigurationError`."""
    text, data = settings.seal_key.get_secret_value(), settings.data.resolve()
    if text:
        return SharedKey(key_in_setting(text))
    return SharedKey(seal_key(FILE, data)) if settings.is_scaled else KeyFiles(data)
