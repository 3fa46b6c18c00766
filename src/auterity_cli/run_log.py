"""Who is told of runs besides the person at the terminal: the structured log, and OpenTelemetry."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.event_log import EventLog
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.observing import Masks
from auterity_sdk.runtime.project import Project

LOG_FORMAT, OTEL = "AUTERITY_LOG_FORMAT", "AUTERITY_OTEL"


class LogFormat(StrEnum):
    """How what happens is told on standard error: to a person, or as an object of JSON a line."""

    TEXT = "text"
    JSON = "json"


LogFormatOption = Annotated[
    LogFormat | None,
    typer.Option(
        "--log-format",
        help=f"json: an object a line for each event, and nothing else, on standard error. Also {LOG_FORMAT}, "
        "and [log] format of the settings.",
        show_default=False,
    ),
]


def log_format(project: Project, option: LogFormat | None = None) -> LogFormat:
    """The format by the option, else by the environment, else by the settings. Raises `UsageError`."""
    text = option or os.environ.get(LOG_FORMAT) or project.settings.log.format
    try:
        return LogFormat(text)
    except ValueError:
        raise UsageError(f"{LOG_FORMAT} is {text}", help="write text or json") from None


def observe(runtime: LocalRuntime, project: Project, log: LogFormat) -> None:
    """Let the log, and OpenTelemetry where it is on, be told of the runs that are carried on here."""
    masks = Masks(runtime.plans, runtime.world.registry)
    if log is LogFormat.JSON:
        runtime.observers += (EventLog(_write, masks).saw,)
    if os.environ.get(OTEL) or project.settings.telemetry.otel:
        from auterity_sdk.runtime.telemetry import Telemetry

        runtime.observers += (Telemetry(masks).saw,)


def _write(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
