"""The Celery application: messages that name an attempt, and nothing that a broker could lose or double."""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu import Queue

from auterity_sdk.errors import ConfigurationError
from auterity_server.settings import Settings, variable

ATTEMPT = "auterity.attempt"
"""The task: to carry out an attempt. Its arguments are an environment's id, a run's, a step's path and a number."""

MAIL = "auterity.mail"
"""The task, and the queue, of the server's own mail. Its argument is the id of a mail in the outbox."""

BUILT_IN = "auterity.steps"
"""The queue of the step types that come with Auterity: every worker has these."""


def queue_of_own(organisation_id: str, uses: str) -> str:
    """The queue of a step type of an organisation's own."""
    return f"auterity.own.{organisation_id}.{uses}"


def make_celery(settings: Settings) -> Celery:
    """The application, for who sends and for who carries out. Raises `ConfigurationError` without a broker."""
    if not settings.broker_url:
        raise ConfigurationError(
            f"{variable('broker_url')} is not set", help="name the Redis that carries messages"
        )
    app = Celery("auterity", broker=settings.broker_url, set_as_current=False)
    app.conf.update(_settings(settings))
    # Named, so that Celery knows it; the pool of the worker process does what it says.
    app.task(name=ATTEMPT)(_carried_out_by_the_pool)
    app.task(name=MAIL)(_carried_out_by_the_pool)
    return app


def _carried_out_by_the_pool(*ids: Any) -> None:
    raise NotImplementedError(
        f"an attempt is carried out by `auterity worker`, not here: {len(ids)}"
    )


def _settings(settings: Settings) -> dict[str, Any]:
    return {
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "priority_steps": [0],
        },
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_default_queue": BUILT_IN,
        "task_queues": (Queue(BUILT_IN),),
        "task_create_missing_queues": True,
        "task_acks_late": False,
        "task_ignore_result": True,
        "task_publish_retry": False,
        "task_send_sent_event": False,
        "task_store_errors_even_if_ignored": False,
        "worker_prefetch_multiplier": 1,
        "worker_enable_prefetch_count_reduction": False,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_enable_remote_control": settings.task_events,
        "worker_send_task_events": settings.task_events,
    }
