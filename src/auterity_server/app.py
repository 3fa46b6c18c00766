"""The application: routes, and what holds for all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from auterity_sdk import __version__
from auterity_server.access.guarded_routes import guarded_routes
from auterity_server.etags import answer_who_has_it
from auterity_server.http_safety import HttpSafety
from auterity_server.logs.request_log import RequestLog
from auterity_server.metrics.http_metrics import HttpMetrics
from auterity_server.openapi import API, describe
from auterity_server.problems import handle_problems
from auterity_server.repeats.middleware import count_once
from auterity_server.repeats.once import REPEATED, KeptAnswers
from auterity_server.route_templates import keep_templates
from auterity_server.routes import (
    api_keys,
    approvals,
    audit,
    connections,
    deployments,
    device,
    device_page,
    environment_events,
    environments,
    grants,
    health,
    hooks,
    me,
    messages,
    metrics,
    organisations,
    pushes,
    run_changes,
    run_events,
    runs,
    schedules,
    secrets,
    sign_in,
    sign_in_page,
    sign_out_page,
    stores,
    tokens,
    trusts,
    usage,
    users,
    versions_of_runs,
    webhooks,
    workflows,
)
from auterity_server.wiring import Wiring

AT_ROOT = (
    health.router,
    metrics.router,
    sign_in_page.router,
    sign_out_page.router,
    device_page.router,
    tokens.well_known,
    hooks.router,
)
"""What has an address of its own: probes, metrics, pages for people, the public keys, and webhooks."""

ROUTERS = (
    runs.router,
    run_events.router,
    environment_events.router,
    run_changes.router,
    approvals.router,
    messages.router,
    workflows.router,
    sign_in.router,
    tokens.router,
    device.router,
    me.router,
    organisations.router,
    users.router,
    grants.router,
    api_keys.router,
    trusts.router,
    trusts.exchange,
    stores.router,
    environments.router,
    audit.router,
    pushes.router,
    deployments.router,
    versions_of_runs.router,
    schedules.router,
    webhooks.router,
    secrets.router,
    connections.router,
    usage.router,
)
"""The routes of the API, in the order of its description. First those that are asked for most: they are looked through in
this order, at each request."""


_SENT = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match")
"""The headers that pages of other origins may send."""


def create_app(wiring: Wiring) -> FastAPI:
    """The application over these parts. Its lifespan opens them, and closes them at its end."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with wiring.running():
            yield

    # Without FastAPI's pages, whose scripts come from other people's servers.
    app = FastAPI(
        title="Auterity",
        version=__version__,
        summary="Push, run and operate dealership workflows.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.wiring = wiring
    app.state.access = wiring.access
    handle_problems(app)
    answer_who_has_it(app)
    count_once(app, partial(_kept_answers, app))
    if wiring.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=wiring.settings.cors_origins,
            allow_methods=["*"],
            allow_headers=_SENT,
            expose_headers=["ETag", "Location", REPEATED],
        )
    app.add_middleware(HttpSafety, max_body=wiring.settings.max_body)
    app.add_middleware(HttpMetrics, metrics=wiring.metrics)
    app.add_middleware(RequestLog)
    for router in ROUTERS:
        app.include_router(router, prefix=API)
    for router in AT_ROOT:
        app.include_router(router)
    # Raises where a route has no access check: then there is no server.
    guarded_routes(app)
    keep_templates(app)
    describe(app)
    return app


def _kept_answers(app: FastAPI) -> KeptAnswers:
    wiring: Wiring = app.state.wiring
    return KeptAnswers(wiring.database, wiring.seal, wiring.clock.now)
