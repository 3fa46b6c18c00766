"""The text that an answer's JSON holds in one field, while the JSON still comes."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from pydantic_core import from_json

from auterity_sdk.ai.language_model import ANEW

_SHARE = 64
"""The JSON is read again once it has grown by this part of itself: a long answer takes no time that grows by its square."""


class StreamedField(Struct):
    """Takes the pieces of an answer (it is an `OnText`), and tells `hear` all that the field says so far.

    It tells `""` where what came before is void. What is no JSON is never told. Without a `name`, the answer is no JSON,
    and told as it is.
    """

    name: str
    hear: Callable[[str], None]
    _json: str = ""
    _read: int = 0
    _told: str = ""

    def __call__(self, piece: str) -> None:
        """Take a piece in."""
        if piece == ANEW:
            self.begin_again()
            return
        self._json += piece
        if (len(self._json) - self._read) * _SHARE >= len(self._json):
            self.look()

    def look(self) -> None:
        """Tell what there is now."""
        self._read = len(self._json)
        said = self._said() if self.name else self._json
        if isinstance(said, str) and said != self._told:
            self._told = said
            self.hear(said)

    def _said(self) -> object:
        try:
            found = from_json(self._json, allow_partial="trailing-strings")
        except ValueError:
            return None
        return found.get(self.name) if isinstance(found, dict) else None

    def begin_again(self) -> None:
        """What came is void."""
        self._json, self._read = "", 0
        if self._told:
            self._told = ""
            self.hear("")
