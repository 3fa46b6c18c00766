"""The server's settings, which all come from the environment: `AUTERITY_PORT` is the field `port`."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.hosted.schemas.shape import Name
from auterity_sdk.runtime.carrying import HEARTBEAT, LEASE, UNCLAIMED
from auterity_sdk.runtime.worker import MOST
from auterity_sdk.workflow.duration import Duration

PREFIX = "AUTERITY_"
DATABASE_FILE = "control.db"
MEBIBYTE = 1024 * 1024
_SHORTEST_TOKEN = 16


def _words(written: Any) -> Any:
    """A list as a variable holds it: words with commas between them."""
    if isinstance(written, str):
        return tuple(word.strip() for word in written.split(",") if word.strip())
    return written


def _long_enough(secret: SecretStr) -> SecretStr:
    """A token that nobody guesses, or none."""
    if 0 < len(secret.get_secret_value()) < _SHORTEST_TOKEN:
        raise ValueError(f"has to have {_SHORTEST_TOKEN} characters at least")
    return secret


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


class Settings(BaseModel):
    """All that can be set. Each field says what it means; its variable is `AUTERITY_` and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(
        default=Path("auterity-data"),
        description="The folder of all that the server keeps; nothing is written outside it.",
    )
    host: str = Field(default="127.0.0.1", description="The address that it listens on.")
    port: int = Field(
        default=8420, ge=0, le=65535, description="The port; 0 takes one that is free."
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$",
        description="The address by which people reach it, where another server stands before it.",
    )
    database_url: str = Field(
        default="",
        description="Where the database is, as SQLAlchemy's URL. PostgreSQL, postgresql+psycopg://user:password@host/name, "
        "keeps runs too, for any number of processes; a SQLite file, sqlite+aiosqlite:////folder/control.db, keeps "
        "organisations, people and versions. In the data folder where it is empty.",
    )
    seal_key: SecretStr = Field(
        default=SecretStr(""),
        description="The key of what is sealed: the base64 form of 32 bytes. All processes on one database need the same; "
        "where it is empty, it is made as a file in the data folder.",
    )
    role: Literal["all", "api", "worker"] = Field(
        default="all",
        description="What this process does: answer requests (api), carry runs on (worker), or both (all). Apart they need PostgreSQL.",
    )
    broker_url: str = Field(
        default="",
        pattern=r"^(rediss?://\S+)?$",
        description="The Redis by which attempts of steps are handed to workers: redis://:password@host:6379/0. Without "
        "one they are made where their run is carried on. It holds nothing that could not be lost.",
    )
    concurrency: int = Field(
        default=50, ge=1, le=1000, description="So many attempts are made at once by a worker."
    )
    attempt_lease: Duration = Field(
        default=Duration(LEASE),
        description="A worker that is silent for so long has lost its attempts: they are made again elsewhere.",
    )
    attempt_heartbeat: Duration = Field(
        default=Duration(HEARTBEAT),
        description="How often a worker says that it still makes its attempts.",
    )
    attempt_unclaimed: Duration = Field(
        default=Duration(UNCLAIMED),
        description="An attempt that no worker has claimed after so long, and that waits in no queue, is sent again.",
    )
    sweep: Duration = Field(
        default=Duration(5_000),
        description="How often a worker looks for attempts that were lost, for mail that is due, and for approvals "
        "of which people are to be told.",
    )
    task_events: bool = Field(
        default=False,
        description="Whether workers tell Flower of their tasks, which hold no more than ids.",
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="The mail server by which invitations, new passwords and word of what waits for somebody are sent: "
        "smtp://user:password@host:587, which has to offer STARTTLS unless it is on this machine, or smtps://. "
        "It needs AUTERITY_MAIL_FROM and AUTERITY_PUBLIC_URL. "
        "Without one no mail is sent, and links are shown to who asks for them.",
    )
    mail_from: str = Field(
        default="", max_length=254, description="The e-mail address that this mail comes from."
    )
    connections: Path | None = Field(
        default=None,
        description="An auterity.toml, of which the connections and the budget are those of all environments. "
        "Without one, messages stay in the outbox of their environment, and no other host is spoken with.",
    )
    organisation: Name = Field(
        default="dealership",
        description="The name of the organisation that a new server begins with.",
    )
    admin_email: str = Field(
        default="owner@localhost",
        pattern=r"^[^@\s]+@[^@\s]+$",
        max_length=254,
        description="The e-mail address with which its first owner signs in.",
    )
    now: AwareDatetime | None = Field(
        default=None,
        description="The time at which the clock of runs begins, for demos and rehearsals; that of the machine as a rule.",
    )
    cors_origins: Words = Field(
        default=(),
        description="Origins of browser applications that may call the API, with commas between them; none as a rule.",
    )
    max_body: int = Field(
        default=4 * MEBIBYTE, ge=1024, description="Bytes that the body of a request may have."
    )
    least_disk: int = Field(
        default=100 * MEBIBYTE,
        ge=0,
        description="Bytes that the disk of the data folder has to have left; with less the server is not ready.",
    )
    most_runs: int = Field(
        default=MOST, ge=1, description="So many runs of an environment are carried on at once."
    )
    drain: Duration = Field(
        default=Duration(10_000),
        description="How long requests that are under way may still take after a stop signal.",
    )
    access_token_lifetime: Duration = Field(
        default=Duration(600_000), description="How long an access token is good."
    )
    refresh_token_lifetime: Duration = Field(
        default=Duration(30 * 86_400_000), description="How long a refresh token is good."
    )
    link_lifetime: Duration = Field(
        default=Duration(3_600_000), description="How long a one-time sign-in link is good."
    )
    invitation_lifetime: Duration = Field(
        default=Duration(7 * 86_400_000),
        description="How long the link in a mailed invitation is good.",
    )
    browser_session_lifetime: Duration = Field(
        default=Duration(8 * 3_600_000),
        description="How long a browser stays signed in, where a person asks for that. Kept in Redis where "
        "AUTERITY_BROKER_URL is set, else in the database.",
    )
    device_lifetime: Duration = Field(
        default=Duration(600_000), description="How long the code of `auterity login` is good."
    )
    requests_per_minute: int = Field(
        default=6000, ge=1, description="Requests that a user or an API key may make in a minute."
    )
    public_requests_per_minute: int = Field(
        default=240,
        ge=1,
        description="Requests that an address may make in a minute to routes which ask for no credentials, "
        "such as sign-in, and as many with credentials that are not good.",
    )
    probe_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="A further port on which `/health/…` and `/metrics` are answered: for workers, which answer nothing else.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text",
        description="How what happens is told on standard error: `text` for a person, or `json`, an object a line.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning",
        description="The least that is told there; with `info`, each request and each event of a run.",
    )
    metrics_token: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        default=SecretStr(""),
        description="The token with which Prometheus collects `/metrics`: 16 characters at least. Without one nobody does.",
    )
    sentry_dsn: SecretStr = Field(
        default=SecretStr(""),
        description="The address of a project of Sentry, which is told of defects and errors: types, places in the code and "
        "ids, and nobody's data. Nothing is sent without one.",
    )
    sentry_environment: str = Field(
        default="production", description="The name under which Sentry shows this server."
    )
    otel_endpoint: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#@]+)?$",
        description="A collector of OpenTelemetry, such as http://127.0.0.1:4318, which is sent spans and metrics of runs. "
        "Nothing is sent without one. Variables `OTEL_…` say all else.",
    )
    flower_password: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        default=SecretStr(""),
        description="The password of the user `operator` of Flower (`python -m auterity_server.flower`): 16 characters at "
        "least. It does not start without one.",
    )
    flower_host: str = Field(default="127.0.0.1", description="The address that Flower listens on.")
    flower_port: int = Field(
        default=5555, ge=0, le=65535, description="Its port; 0 takes one that is free."
    )
    hook_requests_per_minute: int = Field(
        default=600, ge=1, description="Signed messages that a webhook takes in a minute."
    )
    hook_max_body: int = Field(
        default=MEBIBYTE,
        ge=1024,
        description="Bytes that a message to a webhook may have; AUTERITY_MAX_BODY bounds it too.",
    )
    oidc_issuers: Words = Field(
        default=(),
        description="Issuers of OpenID Connect, with commas between them, that may be asked for their keys although their "
        "address is not public, or has no TLS. Others are asked over TLS at public addresses alone.",
    )
    bcrypt_cost: int = Field(
        default=12, ge=4, le=17, description="The work factor of password hashes: each one doubles."
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """The settings in these variables. Raises `ConfigurationError` that names the variable."""
        names = {variable(name): name for name in cls.model_fields}
        given = {names[key]: value for key, value in environment.items() if key in names and value}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            # Pydantic's own text quotes the value, which may hold a password.
            first = error.errors(include_input=False, include_url=False)[0]
            where = variable(str(first["loc"][0]))
            raise ConfigurationError(
                f"{where}: {first['msg']}",
                help="see the server's settings in docs/reference/server.md",
            ) from None

    def as_environment(self) -> dict[str, str]:
        """The variables by which another process has these settings."""
        given = self.model_dump(mode="json", exclude_defaults=True)
        return {variable(name): _written(getattr(self, name), each) for name, each in given.items()}

    @property
    def database(self) -> str:
        """The URL of the database."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data.resolve() / DATABASE_FILE}"

    @property
    def is_scaled(self) -> bool:
        """Whether the database is one that several processes may share."""
        return self.database_url.startswith("postgresql")

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def _written(value: Any, plain: Any) -> str:
    """A value as a variable holds it; `plain` is it as JSON has it."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return ",".join(plain) if isinstance(plain, list) else str(plain)


def variable(field: str) -> str:
    """The environment's name of a field."""
    return PREFIX + field.upper()
