"""The description of the API, complete: every problem that a route may answer with, in its own media type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from auterity_sdk.hosted.schemas.problem import MEDIA_TYPE, Problem
from auterity_server.etags import routes_with_etags
from auterity_server.openapi_links import add_links
from auterity_server.repeats.once import HEADER, LONGEST

API = "/api/v1"
"""Where all of it is, but for probes, pages and public keys."""

_SCHEMAS = "#/components/schemas/"
_ERRORS = {
    "400": "The request is no HTTP of this API.",
    "401": "Nobody is signed in, or no longer.",
    "403": "A role is missing.",
    "404": "There is no such thing, or it is another organisation's.",
    "409": "What there is does not go with what is asked.",
    "412": "Another state is there than If-Match names.",
    "413": "The body is too large.",
    "422": "The request is not as the description asks, or cannot be done.",
    "429": "Too many requests; Retry-After says when to come again.",
    "500": "A defect of the server.",
    "503": "The server stops, or cannot reach its database.",
}
_KEY: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Sent again with the same key within a day, the request has no second effect, and the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
}
_ETAG: dict[str, Any] = {
    "description": "The state that the answer shows, for If-Match and If-None-Match.",
    "schema": {"type": "string", "pattern": '^"[0-9a-f]+([.][0-9a-f]+)?"$'},
}
_NOT_MODIFIED = {
    "description": "It is still what If-None-Match names.",
    "headers": {"ETag": _ETAG},
}
_OF_ALL = ("429", "500", "503")
_OF_GUARDED = ("401", "403", "404", "422")
_OF_BODIES = ("400", "401", "403", "404", "409", "413", "422")


def describe(app: FastAPI) -> None:
    """Let the application give this description at /openapi.json."""

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        routes=app.routes,
        servers=[{"url": "/"}],
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    _, problem = models_json_schema([(Problem, "serialization")], ref_template=_SCHEMAS + "{model}")
    schemas.update(problem["$defs"])
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    add_links(found, API)
    _add_etags(app, found)
    for method, operation in _operations(found):
        _add_key(method, operation)
        for status in _problems(method, operation):
            operation["responses"][status] = _problem(status)
    return found


def _add_key(method: str, operation: dict[str, Any]) -> None:
    """Tell of the key that lets a request count once: the middleware reads it, and no route does."""
    if method != "post" or not operation.get("security"):
        return
    named = operation.setdefault("parameters", [])
    if HEADER not in {each["name"] for each in named}:
        named.append(_KEY)


def _add_etags(app: FastAPI, found: dict[str, Any]) -> None:
    """Tell of the ETag in each answer that has one, and of the answer to who has it."""
    for method, path in routes_with_etags(app):
        responses = found["paths"][path][method.lower()]["responses"]
        for status, each in responses.items():
            if status < "300":
                each["headers"] = {"ETag": _ETAG}
        if method == "GET":
            responses["304"] = _NOT_MODIFIED


def _operations(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in found["paths"].values():
        yield from ((method, each) for method, each in item.items() if isinstance(each, dict))


def _problems(method: str, operation: dict[str, Any]) -> list[str]:
    """The statuses of problems that an operation may answer with."""
    said = {*operation["responses"], *_OF_ALL}
    if operation.get("security"):
        said |= {*_OF_GUARDED}
        said |= {"409"} if method != "get" else set()
    if "requestBody" in operation:
        said |= {*_OF_BODIES}
    if any(each["name"] == "If-Match" for each in operation.get("parameters", ())):
        said.add("412")
    return sorted(status for status in said if status >= "400")


def _problem(status: str) -> dict[str, Any]:
    schema = {"$ref": _SCHEMAS + "Problem"}
    return {"description": _ERRORS[status], "content": {MEDIA_TYPE: {"schema": schema}}}
