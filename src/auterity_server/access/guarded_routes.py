"""The routes of an application and the guard of each: for the check at its start, the tests, and the docs."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from msgspec import Struct

from auterity_sdk.errors import InternalError
from auterity_server.access.guard import Guard, Open, Scraper
from auterity_server.access.places import KINDS

UNGUARDED = frozenset({"/openapi.json"})
"""The paths that FastAPI itself serves, to anybody."""


AnyGuard = Guard | Open | Scraper


class GuardedRoute(Struct, frozen=True):
    """A route. `guard` is `Open` for one that asks for no credentials, `Scraper` for one that takes the metrics' token alone."""

    method: str
    path: str
    guard: AnyGuard


def guarded_routes(app: FastAPI) -> list[GuardedRoute]:
    """All of them, by path and method. Raises `InternalError` for one that has no guard, or several."""
    return sorted(_routes(app), key=lambda route: (route.path, route.method))


def _routes(app: FastAPI) -> Iterator[GuardedRoute]:
    for context in iter_route_contexts(app.routes):
        path = context.path or ""
        if path in UNGUARDED:
            continue
        guards = list(_guards(context.dependant)) if _is_ours(context.original_route) else []
        if len(guards) != 1:
            raise InternalError(f"the route {path} has {len(guards)} guards: each needs one")
        _must_have_a_place(path, guards[0])
        for method in sorted(context.methods or ()):
            yield GuardedRoute(method, path, guards[0])


def _must_have_a_place(path: str, guard: AnyGuard) -> None:
    """A permission holds somewhere, and only the path says where."""
    asks = isinstance(guard, Guard) and guard.permission is not None
    if asks and not any(f"{{{kind}_id}}" in path for kind in KINDS):
        raise InternalError(f"the route {path} asks for a permission, and names no place")


def _is_ours(route: object) -> bool:
    return isinstance(route, APIRoute)


def _guards(dependant: Dependant) -> Iterator[AnyGuard]:
    for dependency in dependant.dependencies:
        if isinstance(dependency.call, AnyGuard):
            yield dependency.call
        yield from _guards(dependency)
