"""What a server has Celery carry, where it has a broker: attempts of steps, and its own mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auterity_sdk.errors import ConfigurationError
from auterity_server.database.database import Database
from auterity_server.settings import Settings, variable

if TYPE_CHECKING:
    from auterity_server.running.celery_carrier import CeleryCarriers


def by_celery(
    settings: Settings, built_in: frozenset[str], database: Database
) -> CeleryCarriers | None:
    """What takes attempts and word of mails to workers; None where there is no broker. Raises `ConfigurationError`."""
    if not settings.broker_url:
        return None
    try:
        from auterity_server.running.broker import make_celery
        from auterity_server.running.celery_carrier import CeleryCarriers
    except ImportError:
        raise ConfigurationError(
            f"{variable('broker_url')} is set, and Celery is not installed",
            help="pip install 'auterity[scaled]'",
        ) from None
    return CeleryCarriers(make_celery(settings), settings.broker_url, built_in, database)
