"""The mail server in `AUTERITY_SMTP_URL`, as the settings of the SDK's own adapter."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from auterity_sdk.connections.harmless import mailbox
from auterity_sdk.connections.secret import SecretReference
from auterity_sdk.connections.settings import SmtpSettings
from auterity_sdk.connections.smtp import Security
from auterity_sdk.errors import ConfigurationError, StepError
from auterity_server.settings import Settings, variable

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PATIENCE = 20.0
"""Seconds for which one answer of the mail server is waited for. All of a sending fits into its lease."""
_HELP = "write smtp://user:password@host:587 or smtps://user:password@host:465"


@dataclass(frozen=True, slots=True)
class _InSetting(SecretReference):
    """The password that stands in the setting; its text is the variable's name."""

    password: tuple[str]

    def reveal(self) -> str:
        """The password."""
        return self.password[0]

    def __repr__(self) -> str:
        return f"_InSetting({self.reference!r})"


def smtp_settings(settings: Settings) -> SmtpSettings | None:
    """How mail is sent; None where the server sends none. Raises `ConfigurationError`, which quotes nothing."""
    url = settings.smtp_url.get_secret_value()
    if not url:
        return None
    _must_be_complete(settings)
    name = variable("smtp_url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigurationError(f"{name} is no URL", help=_HELP) from None
    if parts.scheme not in ("smtp", "smtps"):
        raise ConfigurationError(f"{name} is no URL of a mail server", help=_HELP)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ConfigurationError(f"{name} has more than a host and a port", help=_HELP)
    tls = parts.scheme == "smtps"
    security: Security = "tls" if tls else "none" if host in _LOOPBACK else "starttls"
    password = None
    if parts.password is not None:
        password = _InSetting(f"env:{name}", (unquote(parts.password),))
    try:
        return SmtpSettings(
            host=host,
            port=port or (465 if tls else 587),
            security=security,
            sender=settings.mail_from,
            sender_name="Auterity",
            username=unquote(parts.username) if parts.username else None,
            password=password,
            timeout=_PATIENCE,
        )
    except ValidationError:
        raise ConfigurationError(f"{name} names no mail server", help=_HELP) from None


def _must_be_complete(settings: Settings) -> None:
    # A link that is made of what a request says of itself would lead wherever a stranger likes.
    if not settings.public_url:
        raise ConfigurationError(
            f"{variable('smtp_url')} is set, and {variable('public_url')} is not",
            help="say by which address people reach the server: it stands in mails",
        )
    try:
        mailbox(settings.mail_from)
    except StepError:
        raise ConfigurationError(
            f"{variable('mail_from')} is not one plain e-mail address",
            help="write it as server@dealer.example",
        ) from None
