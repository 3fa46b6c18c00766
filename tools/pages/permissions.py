"""The pages on who may do what: roles, permissions, and every route of the server."""

from __future__ import annotations

import ast
import inspect
import tempfile
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from auterity_server.access import permissions
from auterity_server.access.guard import Guard, Scraper
from auterity_server.access.guarded_routes import GuardedRoute, guarded_routes
from auterity_server.access.permissions import MAY, PEOPLE_ONLY, Permission, Role
from auterity_server.app import create_app
from auterity_server.settings import Settings, variable
from auterity_server.wiring import wire
from tools.pages.tables import table

EVERYBODY, NOBODY = "everybody", "nobody"


def roles() -> str:
    """The roles, and what each is there for."""
    told = _told(Role)
    return table(("role", "what it is there for"), ((f"`{role}`", told[role]) for role in Role))


def granted() -> str:
    """The permissions, and the roles that have each."""
    told = _told(Permission)
    head = ("permission", "allows to", *Role, "API keys")
    rows = (
        (
            f"`{permission}`",
            _small(told[permission]),
            *("yes" if permission in MAY[role] else "" for role in Role),
            "never" if permission in PEOPLE_ONLY else "by role",
        )
        for permission in Permission
    )
    return table(head, rows)


def routes() -> str:
    """Every route, and who may ask for it."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(wire(Settings(data=Path(folder) / "data")))
        rows = [_row(route) for route in guarded_routes(app)]
    return table(("route", "needs", "where", "people", "API keys"), rows)


def _row(route: GuardedRoute) -> tuple[str, str, str, str, str]:
    name = f"`{route.method} {route.path}`"
    if isinstance(route.guard, Scraper):
        return name, f"the token in `{variable('metrics_token')}`", "", NOBODY, NOBODY
    if not isinstance(route.guard, Guard):
        return name, "nothing", "", EVERYBODY, EVERYBODY
    if route.guard.permission is None:
        keys = NOBODY if route.guard.people_only else EVERYBODY
        return name, "to be signed in", "", EVERYBODY, keys
    permission = route.guard.permission
    holders = ", ".join(role for role in Role if permission in MAY[role])
    keys = NOBODY if permission in PEOPLE_ONLY else holders
    where = "there, or inside" if route.guard.within else "there"
    return name, f"`{permission}`", where, holders, keys


def _small(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:].rstrip(".")


def _told(kind: type[StrEnum]) -> dict[str, str]:
    """The text under each member of an enumeration."""
    tree = ast.parse(inspect.getsource(permissions))
    (body,) = (n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == kind.__name__)
    told: dict[str, str] = {}
    for member, text in pairwise(body):
        if isinstance(member, ast.Assign) and isinstance(text, ast.Expr):
            told[ast.literal_eval(member.value)] = ast.literal_eval(text.value)
    return told
