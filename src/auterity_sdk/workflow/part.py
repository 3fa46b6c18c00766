"""The base of all that a workflow file is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A piece of a workflow file. Unknown keys are refused."""

    # Deferred, so that a start pays for one validator, the whole workflow's, and not for one a class.
    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, strict=True, defer_build=True
    )
