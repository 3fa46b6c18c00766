"""The template of a request's path, for logs and metrics: ids in a path may be somebody's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import Scope

UNKNOWN = "unknown"
"""In place of a path for which there is no route."""


def keep_templates(app: FastAPI) -> None:
    """Let `route_of` know the routes of the application: a route alone does not know what it stands below."""
    app.state.templates = {
        getattr(context.original_route, "endpoint", None): context.path
        for context in iter_route_contexts(app.routes)
    }


def route_of(scope: Scope) -> str:
    """The template of the path of a request that was served."""
    app = scope.get("app")
    templates: dict[Callable[..., Any], str] = getattr(getattr(app, "state", None), "templates", {})
    return templates.get(scope.get("endpoint", route_of), UNKNOWN)
