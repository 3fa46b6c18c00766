"""A deployment: a version of a workflow goes live in an environment."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, JsonValue, model_validator

from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, Request, VersionId
from auterity_sdk.workflow.model import WorkflowName

_HELLO: dict[str, JsonValue] = {
    "id": "d5j1r7",
    "environment": "e1x5c3",
    "workflow": "hello",
    "version": "6f1ed002ab5595859014ebf0951522d9f6f1ed002ab5595859014ebf09515220",
    "status": "live",
    "change": "new",
    "how": "push",
    "message": "greet everyone",
    "by": "u2b6n8",
    "by_name": "Lee Park",
    "at": "2026-11-28T15:00:00Z",
}


class Deployment(Answer):
    """`status` pending: waits for a second person; live; replaced by a later one; rejected by the second person.

    `change` says what it is beside what was live: a new workflow, a changed one, or the same version again, for which
    nothing was done. `how` it came: by a push, a promotion or a rollback. `by` is the user or API key, which the
    organisation calls `by_name`; `answered_by` is the second person.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_HELLO]})

    id: Id
    environment: Id
    workflow: str
    version: VersionId
    status: Literal["pending", "live", "replaced", "rejected"]
    change: Literal["new", "changed", "same"]
    how: Literal["push", "promote", "rollback"]
    message: str = ""
    by: Id
    by_name: str = ""
    at: Moment
    answered_by: Id | None = None
    answered_at: Moment | None = None


class DeploymentAnswer(Request):
    """The second person's answer to a pending deployment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"approved": True}]})

    approved: bool


class Promotion(Request):
    """Make live here what is live in the environment `source`: the named workflows, or all where none is named."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"source": "e0s3t1", "workflows": ["hello"]}]}
    )

    source: Id
    workflows: tuple[WorkflowName, ...] = Field(default=(), max_length=200)
    message: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _each_once(self) -> Promotion:
        if len(set(self.workflows)) != len(self.workflows):
            raise ValueError("a workflow is named twice")
        return self


class Rollback(Request):
    """Make an earlier version live again: `to`, or the one that was live before where None."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": _HELLO["version"]}]})

    to: VersionId | None = None
    message: str = Field(default="", max_length=500)
