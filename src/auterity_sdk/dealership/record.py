"""What all things of the trade have in common as data: they do not change, and refuse what they do not know."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A thing of the trade. Its errors never show the input, which may be personal. Equal by value; `model_dump(mode="json")` validates back to an equal one."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def derived_id(prefix: str, *parts: str) -> str:
    """A stable id for a thing that came without one: the same parts give the same id, on every machine.

    It is the prefix and the first 80 bits of a SHA-256 over the parts, so it tells none of them.
    """
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{prefix}-{digest[:20]}"
