"""What is done to a run by hand: settled, forked, moved to another version, decided again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from auterity_sdk.hosted.schemas.push import LARGEST_TEXT, FilePath, ProjectDeclarations
from auterity_sdk.hosted.schemas.run import Run, Status
from auterity_sdk.hosted.schemas.shape import Answer, Moment, Request, VersionId

StepPath = Annotated[
    str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]+$")
]
"""`pay`, `each[2]/pay` in a loop, `handoff/pay` in a run that was called."""

StepNames = Annotated[dict[StepPath, StepPath], Field(max_length=500)]
"""Ids of steps in the new version, by those in the old one, where the difference does not tell."""


class SettleStep(Request):
    """How an uncertain step ended: in an outcome of its type, `failed`, or `retry`, by which it is tried again.

    `attempt` is the one that was looked at, else the one that is in doubt now.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"step": "pay", "outcome": "ok", "reason": "it is on the statement"}]
        }
    )

    step: StepPath
    outcome: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    output: dict[str, Any] | None = None
    reason: str = Field(default="", max_length=1000)
    attempt: int | None = Field(default=None, ge=1, le=10**6)


class ForkRun(Request):
    """Run a part of a run again, as a new run, from a step on; by another version that was pushed here, if it is named."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "text"}]})

    step: StepPath
    version: VersionId | None = None


class Forked(Answer):
    """The new run. `kept` are the steps that ended in the other one; `again` those that ended there and run again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"run_id": "7c1e5a90b2d4", "kept": ["look"], "again": ["text"]}]
        }
    )

    run_id: str
    kept: tuple[str, ...]
    again: tuple[str, ...]


class Divergence(Answer):
    """The first event that would be another one today; their names alone, and the fields that differ."""

    event: int
    recorded: str
    decided: str
    fields: tuple[str, ...] = ()


class Replayed(Answer):
    """A run as it stood after its event `event` of so many `events`, and whether its journal would be decided so today."""

    run: Run
    event: int
    events: int
    divergence: Divergence | None = None


class PlanChange(Request):
    """A workflow that might be pushed."""

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
    names: StepNames = Field(default_factory=dict)


class PlannedRun(Answer):
    """A run that goes by another version. safe: it can be moved; stay: it ends by its own; blocked: perhaps later."""

    run_id: str
    version: VersionId
    status: Status
    started_at: Moment
    move: Literal["safe", "stay", "blocked"]
    reason: str = ""


class PlanOfChange(Answer):
    """What a workflow would mean for the runs that there are."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"workflow": "hello", "versions": [], "runs": []}]}
    )

    workflow: str
    versions: tuple[VersionId, ...]
    """Those that the runs go by, or the last one where no run does."""
    runs: tuple[PlannedRun, ...]


class MoveRuns(Request):
    """Move runs of a workflow to its live version, where that is safe; all of them, without `runs`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"runs": ["7c1e5a90b2d4"]}]})

    runs: tuple[Annotated[str, StringConstraints(min_length=1, max_length=64)], ...] = Field(
        default=(), max_length=1000
    )
    names: StepNames = Field(default_factory=dict)


class Moved(Answer):
    """What became of each run."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"runs": []}]})

    runs: tuple[PlannedRun, ...]
