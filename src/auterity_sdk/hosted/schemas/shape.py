"""What all models share: requests are strict, answers may grow, lists come in pages."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

Item = TypeVar("Item")

Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
"""What the server calls a thing; it never changes."""

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=60, pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
]
"""What people call an organisation, a store or an environment in commands: `smith-auto`, `staging`."""

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""A name for people, as they write it."""

VersionId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""The SHA-256 of a workflow's canonical form: the same text in meaning has the same one everywhere."""

Moment = AwareDatetime
"""A time, written in ISO 8601 with its offset."""


class Request(BaseModel):
    """What a client sends. A key that is not known is refused, since it was meant to do something."""

    # Built at once: FastAPI looks away from a warning of Pydantic's only while it reads a route.
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _no_null_characters(cls, given: Any) -> Any:
        """Names and titles: PostgreSQL keeps no such character. The text of a workflow is read first, with findings."""
        for name, value in given.items() if isinstance(given, dict) else ():
            if name == "text":
                continue
            texts = value if isinstance(value, list | tuple) else (value,)
            if any(isinstance(text, str) and "\0" in text for text in texts):
                raise ValueError("a text holds the NUL character")
        return given


class Answer(BaseModel):
    """What the server answers. A client passes over keys that it does not know: a newer server may send more."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


class Page(Answer, Generic[Item]):
    """A part of a list. `next` is the `cursor` of the part behind it; None where there is none."""

    items: tuple[Item, ...]
    next: str | None = Field(default=None, examples=["eyJhdCI6MTc2NDMyNDAwMH0"])
