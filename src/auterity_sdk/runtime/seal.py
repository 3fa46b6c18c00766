"""Values sealed with AES-GCM: what nobody can read in a store who does not have its key."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from auterity_sdk.dealership.classification import DataClass
from auterity_sdk.errors import StoreUnavailable
from auterity_sdk.runtime.fingerprints import fingerprint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SEALED = frozenset(
    {
        DataClass.CREDIT.value,
        DataClass.GOVERNMENT_ID.value,
        DataClass.PROHIBITED_BASIS.value,
    }
)
"""The classes that are sealed before they are written: credit, numbers of the state, birth date and the like."""

MARK = "$sealed:1:"
"""How the text begins that stands in the place of a sealed value; the number is that of its form."""

DIGEST_MARK = "$digest:1:"
"""How a digest begins that was made with the key."""

KEY_BYTES = 32
_NONCE_BYTES = 12


class SealKey(Struct, frozen=True, dict=True):
    """A key of 32 bytes. `make` reads it, and makes it where there is none; `read` only reads it.

    `place` is where it is, for messages. It is asked for when the first value is sealed or opened.
    """

    place: str
    make: Callable[[], bytes]
    read: Callable[[], bytes]

    @cached_property
    def for_sealing(self) -> _Cipher:
        """The key, made where there was none."""
        return _Cipher(self.make())

    @cached_property
    def for_opening(self) -> _Cipher:
        """The key that there is. Raises `StoreUnavailable` where it is missing."""
        return _Cipher(self.read())

    def seal(self, value: Any, bound: str) -> str:
        """The text that stands for a value of JSON. It can be opened only where `bound` is the same."""
        return self.for_sealing.seal(value, bound)

    def fingerprint(self, text: str) -> str:
        """The key's name, and a digest of the text that only who has the key can make."""
        return self.for_sealing.fingerprint(text)

    def digest(self, text: str) -> str:
        """Such a digest in place of a digest that anybody can make; itself of one that is made so already."""
        return text if text.startswith(DIGEST_MARK) else DIGEST_MARK + self.fingerprint(text)

    def open(self, text: str, bound: str) -> Any:
        """The value of a sealed text. Raises `StoreUnavailable` where this key does not open it."""
        return self.for_opening.open(text, bound, self.place)


class _Cipher:
    def __init__(self, key: bytes) -> None:
        self._key = key
        # A name by which a wrong key is told from a damaged text; it says nothing of the key.
        self.name = hashlib.sha256(b"auterity seal key\0" + key).hexdigest()[:8]

    @cached_property
    def _index_key(self) -> bytes:
        return hashlib.sha256(b"auterity index key\0" + self._key).digest()

    @cached_property
    def _aead(self) -> AESGCM:
        # Here: it takes long to load, and most commands seal nothing.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self._key)

    def fingerprint(self, text: str) -> str:
        return fingerprint(self.name, self._index_key, text)

    def seal(self, value: Any, bound: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        clear = json.dumps(value, separators=(",", ":")).encode()
        sealed = nonce + self._aead.encrypt(nonce, clear, bound.encode())
        return f"{MARK}{self.name}:{base64.b64encode(sealed).decode()}"

    def open(self, text: str, bound: str, place: str) -> Any:
        from cryptography.exceptions import InvalidTag

        name, _, rest = text.removeprefix(MARK).partition(":")
        if name != self.name:
            raise StoreUnavailable(
                f"a value of {bound} was sealed with another key ({name}) than the one in {place}",
                help="put that key back from a backup; what it sealed cannot be read without it",
            )
        try:
            sealed = base64.b64decode(rest, validate=True)
            clear = self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound.encode())
        except (InvalidTag, ValueError):
            raise StoreUnavailable(
                f"a sealed value of {bound} is damaged, or was taken from another run",
                help="restore the store from a backup",
            ) from None
        return json.loads(clear)
