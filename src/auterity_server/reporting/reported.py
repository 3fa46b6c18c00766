"""The log, and what else is told of a process, from its beginning to its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from auterity_server.logs.setting_up import set_up_logs
from auterity_server.reporting.otel import start_otel
from auterity_server.reporting.sentry import start_sentry, stop_sentry
from auterity_server.settings import Settings


@contextmanager
def reported(settings: Settings) -> Iterator[None]:
    """What these settings ask for; at the end what is left is sent. Raises `ConfigurationError`."""
    set_up_logs(settings.log_format, settings.log_level)
    with ExitStack() as stack:
        dsn = settings.sentry_dsn.get_secret_value()
        if dsn:
            start_sentry(dsn, settings.sentry_environment)
            stack.callback(stop_sentry)
        if settings.otel_endpoint:
            stack.callback(start_otel(settings.otel_endpoint))
        yield
