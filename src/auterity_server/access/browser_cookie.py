"""The cookie of a browser in which a person stays signed in. No script sees it, and no other site can let it be sent."""

from __future__ import annotations

from fastapi import Request, Response

from auterity_server.access.access import Access

_PLAIN = "auterity"
_SECURE = "__Host-auterity"
"""A browser takes one of this name from the host itself alone, over TLS."""


def cookie_of(request: Request, access: Access) -> str:
    """What the browser sent, empty where it is not signed in."""
    return request.cookies.get(_name(request, access), "")


def set_cookie(request: Request, access: Access, answer: Response, cookie: str) -> None:
    """Let the browser send it from now on; an empty one is taken away."""
    name = _name(request, access)
    answer.set_cookie(
        name,
        cookie,
        max_age=access.browsers.seconds if cookie else 0,
        secure=name == _SECURE,
        httponly=True,
        samesite="strict",
    )


def _name(request: Request, access: Access) -> str:
    return _SECURE if access.url(request).startswith("https://") else _PLAIN
