"""`python -m auterity_server.flower`: Flower, which shows Celery's workers and tasks, for who has the password alone.

Flower itself asks for credentials on some of its pages, and not on its metrics. Here one place stands before all of them,
and nothing can be changed by it.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import signal
import sys
from hmac import compare_digest
from typing import Any

from celery import Celery
from flower.app import Flower  # type: ignore[import-untyped]
from flower.urls import settings as FLOWER  # type: ignore[import-untyped]  # noqa: N812
from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.options import options
from tornado.web import RequestHandler

from auterity_sdk.errors import AuterityError, ConfigurationError
from auterity_server.settings import Settings

USER = "operator"


class _Refusal(RequestHandler):
    """The answer to who does not show the password."""

    def prepare(self) -> None:
        self.set_status(401)
        self.set_header("WWW-Authenticate", 'Basic realm="Auterity workers", charset="UTF-8"')
        self.finish()

    def check_xsrf_cookie(self) -> None:
        """Nothing is done for anybody."""


class GuardedFlower(Flower):  # type: ignore[misc]
    """Flower behind a password, whatever is asked for."""

    password = ""

    def find_handler(self, request: HTTPServerRequest, **more: Any) -> HTTPMessageDelegate:
        """The handler of a request, or the one that refuses."""
        if not _shows(request.headers.get("Authorization", ""), self.password):
            return self.get_handler_delegate(request, _Refusal)  # type: ignore[no-any-return]
        return super().find_handler(request, **more)  # type: ignore[no-any-return]


def main() -> int:
    """Serve until a stop signal."""
    try:
        flower = guarded(Settings.from_environment(os.environ))
    except AuterityError as error:
        sys.stderr.write(f"{error.message}\n{error.help or ''}\n")
        return 2
    signal.signal(signal.SIGTERM, _stop)
    try:
        port = flower.start_http_server()
        sys.stdout.write(
            json.dumps({"url": f"http://{options.address}:{port}", "user": USER}) + "\n"
        )
        sys.stdout.flush()
        flower.start()
    except OSError as error:
        sys.stderr.write(f"AUTERITY_FLOWER_PORT: it cannot be listened on ({error.strerror})\n")
        return 2
    except (KeyboardInterrupt, SystemExit):
        flower.stop()
    return 0


def guarded(settings: Settings) -> GuardedFlower:
    """Flower as it is set up here. Raises `ConfigurationError`."""
    password = settings.flower_password.get_secret_value()
    if not password:
        raise ConfigurationError(
            "AUTERITY_FLOWER_PASSWORD is not set: Flower is not started for everybody",
            help="give it 16 characters at least",
        )
    if not settings.broker_url:
        raise ConfigurationError(
            "AUTERITY_BROKER_URL is not set: there are no workers of Celery to see",
            help="name the Redis that the server and the workers have",
        )
    options.address, options.port = settings.flower_host, settings.flower_port
    options.read_only, options.persistent = True, False
    options.basic_auth = [f"{USER}:{password}"]
    broker = Celery("auterity", broker=settings.broker_url, set_as_current=False)
    broker.conf.update(accept_content=["json"], task_serializer="json")
    made = GuardedFlower(capp=broker, options=options, **FLOWER)
    made.password = password
    return made


def _shows(header: str, password: str) -> bool:
    kind, _, credentials = header.partition(" ")
    if kind.lower() != "basic":
        return False
    try:
        given = base64.b64decode(credentials, validate=True)
    except binascii.Error:
        return False
    return compare_digest(given, f"{USER}:{password}".encode())


def _stop(number: int, frame: object) -> None:  # noqa: ARG001 - as signals call
    raise SystemExit


if __name__ == "__main__":
    sys.exit(main())
