"""What a server shows, with the ETag that names this state of it."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct
from pydantic import BaseModel

Shown = TypeVar("Shown", bound=BaseModel)


class Tagged(Struct, Generic[Shown], frozen=True):
    """`shown` as it is named by `etag`: a change that is given it is refused once somebody else has made one
    (`ServerConflict`)."""

    shown: Shown
    etag: str
