"""What a `[connections.NAME]` table of `auterity.toml` may say, by the adapter it uses."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from auterity_sdk.connections.secret import SecretReference

_SECRET_NAME = re.compile(r"auth|cookie|key|token|secret|password|session", re.IGNORECASE)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Settings(BaseModel):
    """Base of all. `serves` names the kinds of port that the adapter can be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    serves: ClassVar[tuple[str, ...]] = ()


class OutboxSettings(Settings):
    """The local outbox: it keeps what would be sent."""

    serves: ClassVar[tuple[str, ...]] = ("sms", "email", "tasks")


class SmtpSettings(Settings):
    """A mail server. `security` is `starttls`, `tls` from the first byte, or `none` for this machine alone."""

    serves: ClassVar[tuple[str, ...]] = ("email",)

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str
    sender_name: str = ""
    username: str | None = None
    password: SecretReference | None = None
    timeout: float = Field(default=30.0, gt=0, le=600)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError("security `none` is for a server on this machine")
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password come together")
        return self


def _secret_or_text(value: object) -> object:
    if isinstance(value, str) and value.startswith(("env:", "file:")):
        return SecretReference(value)
    return value


class HttpSettings(Settings):
    """A host that may be spoken with though its address is not public, and what its requests carry."""

    serves: ClassVar[tuple[str, ...]] = ("web",)

    url: str
    headers: dict[str, Annotated[SecretReference | str, BeforeValidator(_secret_or_text)]] = Field(
        default_factory=dict
    )

    @field_validator("url")
    @classmethod
    def _plain(cls, url: str) -> str:
        parts = urlsplit(url)
        try:
            known = parts.scheme in ("http", "https") and parts.hostname and _origin(url)
        except ValueError:  # a port or a host name that cannot be
            known = None
        if not known:
            raise ValueError("an absolute URL of http or https is expected")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("a URL without credentials, query and fragment is expected")
        return url

    @field_validator("headers")
    @classmethod
    def _secrets_elsewhere(
        cls, headers: dict[str, SecretReference | str]
    ) -> dict[str, SecretReference | str]:
        for name, value in headers.items():
            if isinstance(value, str) and _SECRET_NAME.search(name):
                raise ValueError(f"write {name} as a reference: `env:NAME` or `file:PATH`")
        return headers

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        return _origin(self.url)


class StockFeedSettings(Settings):
    """The dealer's stock: a CSV feed, relative to the project. It is read again when the file has changed."""

    serves: ClassVar[tuple[str, ...]] = ("inventory",)

    file: str = Field(min_length=1)


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode("ascii").lower().rstrip(".")
    return parts.scheme, host, parts.port or (443 if parts.scheme == "https" else 80)
