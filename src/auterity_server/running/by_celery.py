"""What a server has Celery carry, where it has a broker: attempts of steps, and its own mail."""

from __future__ import annotations

from collections.abc import Callable

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.carrying import AttemptCarrier
from auterity_server.database.database import Database
from auterity_server.database.places import Environment
from auterity_server.settings import Settings, variable


def carriers_of(
    settings: Settings, built_in: frozenset[str], database: Database
) -> Callable[[Environment], AttemptCarrier]:
    """What takes attempts to workers. Raises `ConfigurationError`."""
    try:
        from auterity_server.running.broker import make_celery
        from auterity_server.running.celery_carrier import carriers
    except ImportError:
        raise _no_celery() from None
    return carriers(make_celery(settings), settings.broker_url, built_in, database)


def tell_workers(settings: Settings) -> Callable[[str], None]:
    """What sends word of a mail to the workers. Raises `ConfigurationError`."""
    try:
        from auterity_server.running.broker import make_celery
        from auterity_server.running.celery_carrier import Sender
    except ImportError:
        raise _no_celery() from None
    return Sender(make_celery(settings)).send_mail


def _no_celery() -> ConfigurationError:
    return ConfigurationError(
        f"{variable('broker_url')} is set, and Celery is not installed",
        help="pip install 'auterity[scaled]'",
    )
