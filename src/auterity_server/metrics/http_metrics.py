"""Counts requests and the time of answers, by the template of their path."""

from __future__ import annotations

from time import perf_counter

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auterity_server.metrics.metrics import Metrics
from auterity_server.metrics.series import OTHER
from auterity_server.route_templates import route_of

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

SIGN_INS = {
    "/api/v1/sign-in/password": "password",
    "/api/v1/me/password": "password",
    "/api/v1/sign-in/link": "link",
    "/sign-in": "link",
    "/device": "device",
    "/api/v1/tokens/refresh": "refresh",
}
"""The routes that somebody is signed in by, and how."""

_REFUSED = frozenset({401, 429})


class HttpMetrics:
    """Around the whole application. The time is that until an answer begins: live streams go on for hours."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(scope, message["status"], perf_counter() - began)
            await send(message)

        await self._app(scope, receive, sending)

    def _count(self, scope: Scope, status: int, taken: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else OTHER
        route = route_of(scope)
        key = (method, route, status)
        found = self._series.get(key)
        if found is None:  # looked up once: it takes longer than to count
            found = self._series[key] = (
                self._metrics.requests.labels(method, route, str(status)),
                self._metrics.request_time.labels(method, route),
            )
        requests, times = found
        requests.inc()
        times.observe(taken)
        if status in _REFUSED and route in SIGN_INS:
            self._metrics.sign_in_failures.labels(SIGN_INS[route]).inc()
