"""`auterity.toml`, or `[tool.auterity]` in `pyproject.toml`: what a project is made of."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from auterity_sdk.connections.secret import SecretReference
from auterity_sdk.dealership.us_states import state_code
from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.hours import read_hours
from auterity_sdk.workflow.budget import NANO, Bound
from auterity_sdk.workflow.duration import Duration

FILE_NAME = "auterity.toml"
PYPROJECT = "pyproject.toml"
_HEADING = re.compile(r"^\[tool\.auterity[.\]]", re.MULTILINE)

Level = Literal["off", "info", "warning", "error"]


class Section(BaseModel):
    """A table of the file. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ProjectTable(Section):
    """`[project]`: `steps` are Python modules with `@step`s; `workflows` are folders that `call` looks in."""

    name: str = ""
    steps: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ("workflows",)


class Dealership(Section):
    """`[dealership]`: who the messages come from. `region` is a US state such as `OH`; `timezone` an IANA name.

    `country` (two letters), `region` and `kind` say which rules of law count; a dealer who lends himself is
    `buy-here-pay-here`.
    """

    name: str = ""
    country: str = "US"
    region: str = ""
    timezone: str = "UTC"
    phone: str = ""
    address: str = ""
    kind: Literal["franchise", "buy-here-pay-here"] = "franchise"

    @field_validator("country")
    @classmethod
    def _is_a_code(cls, country: str) -> str:
        # A name, or three letters, would be a place without law, in silence.
        if not re.fullmatch(r"[A-Za-z]{2}", country):
            raise PydanticCustomError("country", "a country is two letters, such as US or CA")
        return country.upper()

    @field_validator("region")
    @classmethod
    def _is_a_state(cls, region: str, info: ValidationInfo) -> str:
        if not region or info.data.get("country", "US") != "US":
            return region
        state = state_code(region)
        if state is None:
            raise PydanticCustomError("region", "a region of the US is a state, such as OH")
        return state


class CalendarTable(Section):
    """`[calendars.NAME]`: when a store is open. `hours` maps days to hours: `mon-fri = "9:00-18:00"`.

    `timezone` empty is the dealership's. `holidays` are dates, and `us-federal` for those of the USA.
    """

    timezone: str = ""
    hours: dict[str, str | tuple[str, ...]]
    holidays: tuple[date | Literal["us-federal"], ...] = ()

    @field_validator("hours")
    @classmethod
    def _readable(cls, hours: dict[str, str | tuple[str, ...]]) -> dict[str, str | tuple[str, ...]]:
        read_hours(hours)
        return hours


class Rate(Section):
    """At most `limit` attempts that begin in any length of time `per`."""

    limit: int = Field(ge=1)
    per: Duration


class QueueTable(Section):
    """`[queues.NAME]`: how many attempts of the steps of a queue run at once (`limit`), and how many begin in a time
    (`rate`), over all processes of the store. One of both is given.
    """

    limit: int | None = Field(default=None, ge=1)
    rate: Rate | None = None

    @model_validator(mode="after")
    def _is_limited(self) -> QueueTable:
        if self.limit is None and self.rate is None:
            raise PydanticCustomError("queue", "a queue has a `limit`, a `rate`, or both")
        return self


class StoreTable(Section):
    """`[store]`: `seal_key` is where the key of sealed values is: `file` (`.auterity/seal.key`), `file:PATH`, `keyring`.

    `event_lifetime` is how long an outside event is kept for a step that begins to wait later.
    """

    seal_key: str = "file"
    event_lifetime: Duration = Duration(30 * 24 * 3600 * 1000)


class BudgetTable(Section):
    """`[budget]`: what all calls of models of the project may take in a day or a month; a step or workflow may have less.

    `usd` is in US dollars, `tokens` counts both directions; a call that would pass it is not made (`stop`), or is and
    its evidence says so (`warn`). Whom to ask, and how long, only a workflow can say: a project's budget asks nobody.
    """

    usd: float | None = Field(default=None, gt=0)
    tokens: int | None = Field(default=None, ge=1)
    per: Literal["day", "month"] = "day"
    when_over: Literal["stop", "warn"] = "stop"

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The bound; none where nothing is bounded."""
        if self.usd is None and self.tokens is None:
            return ()
        nano = None if self.usd is None else round(self.usd * NANO)
        return (Bound("project", self.tokens, nano, self.per, self.when_over),)


class LogTable(Section):
    """`[log]`: how commands that carry runs on tell of them on standard error."""

    format: Literal["text", "json"] = "text"


class TelemetryTable(Section):
    """`[telemetry]`: `otel` makes spans and metrics by OpenTelemetry's API, which an application or agent sets up."""

    otel: bool = False


class HostedTable(Section):
    """`[hosted]`: the context (of `auterity login`) whose server the project's commands speak with."""

    context: str = ""


class KnowledgeTable(Section):
    """`[knowledge.NAME]`: folders of documents, in which `auterity knowledge` and `ai.retrieve` look for answers.

    `include` and `exclude` are patterns of names or of paths from the folder (`*.md`, `drafts/*`). `connection` names
    the language model that makes the vectors, and `embedding_model` its name there. `database` names where the address of
    a PostgreSQL with pgvector is, which keeps the index for all processes (`env:NAME` or `file:PATH`); without it the index
    is a file beside the runs.
    """

    folders: tuple[str, ...] = Field(min_length=1)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    connection: str | None = None
    embedding_model: str = ""
    database: SecretReference | None = None


KnowledgeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
"""It is in the name of a file."""


class Settings(Section):
    """The whole file. `connections` holds one table for each configured outside system, `calendars` one for each
    set of business hours, `queues` one for each queue of steps.

    `rules` gives rules, by code or name, a level of the project's own; each table of `profiles` does so where
    it is asked for.
    """

    project: ProjectTable = Field(default_factory=ProjectTable)
    dealership: Dealership = Field(default_factory=Dealership)
    store: StoreTable = Field(default_factory=StoreTable)
    budget: BudgetTable = Field(default_factory=BudgetTable)
    log: LogTable = Field(default_factory=LogTable)
    telemetry: TelemetryTable = Field(default_factory=TelemetryTable)
    hosted: HostedTable = Field(default_factory=HostedTable)
    connections: dict[str, dict[str, Any]] = Field(default_factory=dict)
    calendars: dict[str, CalendarTable] = Field(default_factory=dict)
    knowledge: dict[KnowledgeName, KnowledgeTable] = Field(default_factory=dict)
    queues: dict[str, QueueTable] = Field(default_factory=dict)
    rules: dict[str, Level] = Field(default_factory=dict)
    profiles: dict[str, dict[str, Level]] = Field(default_factory=dict)


def settings_file(folder: Path) -> Path | None:
    """The file in a folder that makes it a project: `auterity.toml`, else a `pyproject.toml` with our table."""
    own, shared = folder / FILE_NAME, folder / PYPROJECT
    if own.is_file():
        return own
    try:
        return shared if _HEADING.search(shared.read_text(encoding="utf-8")) else None
    except (OSError, UnicodeDecodeError):
        return None


def read_settings(file: Path) -> Settings:
    """The settings in a file. Raises `ConfigurationError` that names the file and the key."""
    import tomllib  # here: a file may be checked without a project

    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not TOML: {error}") from None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None
    try:
        return Settings.model_validate(data["tool"]["auterity"] if file.name == PYPROJECT else data)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise ConfigurationError(f"{file}: `{key}`: {first['msg']}") from None
