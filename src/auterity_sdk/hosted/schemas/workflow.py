"""A workflow as an environment has it, and its versions."""

from __future__ import annotations

from pydantic import ConfigDict

from auterity_sdk.hosted.schemas.deployment import Deployment
from auterity_sdk.hosted.schemas.push import FilePath, ProjectDeclarations
from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, VersionId

_VERSION = "6f1ed002ab5595859014ebf0951522d9f6f1ed002ab5595859014ebf09515220"


class WorkflowSummary(Answer):
    """A workflow of an environment. `live` is None until a first deployment is; `pending` is the one that waits."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "hello", "description": "", "live": None, "pending": None}]
        }
    )

    name: str
    description: str = ""
    live: Deployment | None = None
    pending: Deployment | None = None


class Version(Answer):
    """A version of a workflow: `text` is the file as it was pushed last, `path` where it stood in its project."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "workflow": "hello",
                    "version": _VERSION,
                    "path": "workflows/hello.yaml",
                    "text": "auterity: 1\nname: hello\n…",
                    "project": {"dealership": {"name": "Smith Honda", "region": "OH"}},
                    "by": "u2b6n8",
                    "at": "2026-11-28T15:00:00Z",
                }
            ]
        }
    )

    workflow: str
    version: VersionId
    path: FilePath
    text: str
    project: ProjectDeclarations
    by: Id
    by_name: str = ""
    at: Moment


class WorkflowDetails(WorkflowSummary):
    """A workflow with the version that is live."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "hello", "live": None, "pending": None, "version": None}]
        }
    )

    version: Version | None = None
