"""A finding of the checker, with its symbolic place and with lines and columns of the text that was pushed."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from auterity_sdk.hosted.schemas.shape import Answer


class Stretch(Answer):
    """A stretch of a text. Lines and columns count from 1, in code points; the end is exclusive.

    `start` and `end` are offsets in code points.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    start: int = 0
    end: int = 0


class Place(Answer):
    """Where: the key or the value at `path`, or a `fragment` of it (start, end). `at` is the same in the text.

    `textual`: no data is there (a mistake in the YAML itself), so that `at` alone says where.
    """

    path: tuple[str | int, ...] = ()
    part: Literal["key", "value"] = "value"
    fragment: tuple[int, int] | None = None
    label: str = ""
    textual: bool = False
    at: Stretch


class Replacement(Answer):
    """Put `text` in the place of what stands there."""

    place: Place
    text: str


class Fix(Answer):
    """A proposed change. A `safe` one keeps the meaning of every file that is right."""

    title: str
    edits: tuple[Replacement, ...]
    safe: bool = False


class Finding(Answer):
    """One finding of one rule, as `auterity validate` shows it; `auterity explain CODE` tells of the rule."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "AUT304",
                    "name": "unreachable-step",
                    "severity": "error",
                    "message": "no run reaches the step `thanks`",
                    "place": {
                        "path": ["steps", "thanks"],
                        "part": "key",
                        "at": {
                            "line": 14,
                            "column": 3,
                            "end_line": 14,
                            "end_column": 9,
                            "start": 240,
                            "end": 246,
                        },
                    },
                }
            ]
        }
    )

    code: str
    name: str
    severity: Literal["error", "warning", "info"]
    message: str
    place: Place
    related: tuple[Place, ...] = ()
    notes: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    trace: tuple[Place, ...] = ()


class Allowed(Answer):
    """A finding that a comment in the file allows, and the reason that stands there."""

    finding: Finding
    reason: str


class FileFindings(Answer):
    """What was found in one file of a push. `path` is the file's in the push."""

    path: str
    findings: tuple[Finding, ...]
    suppressed: tuple[Allowed, ...] = ()
