"""What a reader makes of a document."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from auterity_sdk.ai.knowledge.passage import Place


class Section(Struct, frozen=True):
    """A part of a document that belongs together. `lines` are its lines; `place` is where the first one stands.

    `whole`: it is never put together with its neighbours.
    """

    place: Place
    lines: tuple[str, ...]
    whole: bool = True


class Unreadable(Exception):
    """A document cannot be read; the message says why, in words that follow `FILE: `."""


Sections = Sequence[Section]
