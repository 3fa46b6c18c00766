"""Defects and errors of the log as events of Sentry: types, places in the code and ids, and nothing else.

An event is built anew of what may leave, and not cleaned of what may not: what a later release of Sentry's client adds to
its events stays here.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from auterity_sdk import __version__
from auterity_sdk.errors import ConfigurationError
from auterity_server.logs.lines import FIELDS, request_fields
from auterity_server.logs.masking import masked

_KEPT = ("event_id", "timestamp", "level", "platform", "logger", "release", "environment")
_OF_FRAMES = ("filename", "module", "function", "lineno", "in_app")
_PATIENCE = 2.0
"""Seconds that the end of the process waits for events to be sent."""


def start_sentry(dsn: str, environment: str) -> None:
    """Send what is logged as an error from now on. Raises `ConfigurationError`."""
    try:
        import sentry_sdk
        from sentry_sdk.integrations.dedupe import DedupeIntegration
        from sentry_sdk.integrations.logging import LoggingIntegration
    except ImportError:
        raise ConfigurationError(
            "AUTERITY_SENTRY_DSN is set, and sentry-sdk is not installed",
            help="pip install 'auterity[sentry]', or leave it out",
        ) from None
    try:
        sentry_sdk.init(
            dsn,
            release=f"auterity@{__version__}",
            environment=environment,
            # Others would look into requests, frames and the machine.
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[
                LoggingIntegration(level=None, sentry_logs_level=None),
                DedupeIntegration(),
            ],
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            max_request_body_size="never",
            auto_session_tracking=False,
            server_name="",
            before_send=_scrubbed,
        )
    except ValueError:  # what Sentry raises for a wrong DSN; its text quotes the key
        raise ConfigurationError(
            "AUTERITY_SENTRY_DSN is no address of a project of Sentry",
            help="copy it from the project's settings: https://KEY@HOST/NUMBER",
        ) from None


def stop_sentry() -> None:
    """Send what is left, if it was started."""
    with suppress(ImportError):
        import sentry_sdk

        sentry_sdk.get_client().close(timeout=_PATIENCE)


def _scrubbed(event: Any, hint: Mapping[str, Any]) -> Any:
    """The event that leaves. The text of an error may quote a customer's data, so that it stays here."""
    kept: dict[str, Any] = {name: event[name] for name in _KEPT if name in event}
    entry = event.get("logentry") or {}
    message = entry.get("formatted") or event.get("message") or entry.get("message")
    if message:
        kept["message"] = masked(str(message))
    errors = (event.get("exception") or {}).get("values") or ()
    if errors:
        kept["exception"] = {"values": [_error(each) for each in errors]}
    record = hint.get("log_record")
    ids = {**(request_fields.get() or {}), **getattr(record, FIELDS, {})}
    kept["tags"] = {name: str(value) for name, value in ids.items() if isinstance(value, str | int)}
    return kept


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or ()
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "stacktrace": {
            "frames": [{key: each[key] for key in _OF_FRAMES if key in each} for each in frames]
        },
    }
