"""A line for each request: its ids, its route, its status and its time. No path, no query, no address."""

from __future__ import annotations

import logging
import re
import secrets
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auterity_server.logs.lines import FIELDS, request_fields
from auterity_server.route_templates import route_of

_LOG = logging.getLogger("auterity.requests")

_REQUEST_ID = b"x-request-id"
_ID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
"""Ids of others are taken if they are random ones, as UUIDs are: anything else may be somebody's."""
_PARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_SEEN = {"environment_id": "environment", "run_id": "run_id"}
_OFTEN = frozenset({"/health/live", "/health/ready", "/metrics"})
_REFUSED, _FAILED = 400, 500


class RequestLog:
    """Around the whole application. Gives each request an id, which the answer has as `X-Request-Id`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ids = _ids(scope)
        token = request_fields.set(ids)
        began, status = perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = (_REQUEST_ID, ids["request_id"].encode())
                message = {**message, "headers": [*message["headers"], own]}
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            _tell(scope, status, perf_counter() - began)
            request_fields.reset(token)


def _ids(scope: Scope) -> dict[str, str]:
    given = parent = ""
    for name, value in scope["headers"]:
        if name == _REQUEST_ID:
            given = value.decode("latin-1")
        elif name == b"traceparent":
            parent = value.decode("latin-1")
    traced = _PARENT.fullmatch(parent) if parent else None
    fresh = secrets.token_hex(32)
    return {
        "request_id": given if given and _ID.fullmatch(given) else fresh[:32],
        "trace_id": traced[1] if traced else fresh[32:],
    }


def _tell(scope: Scope, status: int, taken: float) -> None:
    route = route_of(scope)
    level = logging.DEBUG if route in _OFTEN else logging.INFO
    # What went wrong is told as an error where it did.
    level = logging.WARNING if status >= _FAILED or not status else level
    if not _LOG.isEnabledFor(level):
        return
    fields: dict[str, object] = {
        "method": scope["method"] if scope["method"].isalpha() else "",
        "route": route,
        "status": status,
        "duration_ms": round(taken * 1000, 1),
    }
    organisation = scope.get("state", {}).get("organisation")
    if organisation is not None:
        fields["organisation"] = organisation
    if status < _REFUSED:
        # Only what was found: what is not there may be anything that somebody typed.
        found = scope.get("path_params", {})
        fields |= {name: found[key] for key, name in _SEEN.items() if key in found}
    _LOG.log(level, "request", extra={FIELDS: fields})
