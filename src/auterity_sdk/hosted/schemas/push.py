"""A push: workflow files, and what their project declares, so that the server checks them as the command does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from auterity_sdk.hosted.schemas.deployment import Deployment
from auterity_sdk.hosted.schemas.finding import FileFindings
from auterity_sdk.hosted.schemas.shape import Answer, Request
from auterity_sdk.hosted.schemas.step_declaration import StepDeclaration

_LETTER = r"[^/\\\x00-\x1f]"
_FOLDER = rf"([^/\\.\x00-\x1f]{_LETTER}*|\.[^/\\.\x00-\x1f]{_LETTER}*|\.\.{_LETTER}+)"
FilePath = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, pattern=rf"^{_FOLDER}(/{_FOLDER})*$"),
]
"""A file's path in its project, with `/`; no part of it is `.` or `..`."""

LARGEST_TEXT = 1_000_000
"""Code points of one file."""


class ProjectDeclarations(Request):
    """What a project's checks and runs depend on besides its files.

    `step_types` are the project's own step types by name, and `types` the JSON Schemas of its named types, without those
    that are built in. The other values are tables of `auterity.toml`, as they are written there;
    `rules` with the levels of the profile that is checked by.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dealership": {"name": "Smith Honda", "region": "OH"},
                    "rules": {"no-timeout": "error"},
                }
            ]
        }
    )

    step_types: dict[str, StepDeclaration] = Field(default_factory=dict, max_length=500)
    types: dict[str, dict[str, Any]] = Field(default_factory=dict)
    dealership: dict[str, Any] = Field(default_factory=dict)
    calendars: dict[str, dict[str, Any]] = Field(default_factory=dict)
    queues: dict[str, dict[str, Any]] = Field(default_factory=dict)
    rules: dict[str, Literal["off", "info", "warning", "error"]] = Field(default_factory=dict)


class PushedFile(Request):
    """A workflow file: its text, in YAML or JSON. A Python workflow comes as the YAML that it is converted to."""

    path: FilePath
    text: str = Field(max_length=LARGEST_TEXT)


class Push(Request):
    """All files of a push go live together, or none does. No two are of one workflow."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "files": [
                        {
                            "path": "workflows/hello.yaml",
                            "text": (
                                "auterity: 1\nname: hello\ninput:\n  who: string\n"
                                "steps:\n  pause:\n    wait: 1s\noutput:\n  greeted: ${input.who}\n"
                            ),
                        }
                    ],
                    "project": {"dealership": {"name": "Smith Honda", "region": "OH"}},
                    "message": "greet everyone",
                }
            ]
        }
    )

    files: tuple[PushedFile, ...] = Field(min_length=1, max_length=200)
    project: ProjectDeclarations = ProjectDeclarations()
    message: str = Field(default="", max_length=500)


class PushOne(Request):
    """The push of one workflow, whose name is in the address."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "path": "workflows/hello.yaml",
                    "text": (
                        "auterity: 1\nname: hello\ninput:\n  who: string\n"
                        "steps:\n  pause:\n    wait: 1s\noutput:\n  greeted: ${input.who}\n"
                    ),
                }
            ]
        }
    )

    path: FilePath
    text: str = Field(max_length=LARGEST_TEXT)
    project: ProjectDeclarations = ProjectDeclarations()
    message: str = Field(default="", max_length=500)


class Pushed(Answer):
    """What a push, a promotion or a rollback did: a deployment for each workflow, in the order of the files.

    `findings` are those that forbid nothing; `warnings` are other things worth knowing, in words.
    """

    deployments: tuple[Deployment, ...]
    findings: tuple[FileFindings, ...] = ()
    warnings: tuple[str, ...] = ()
