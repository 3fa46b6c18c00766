"""Errors as HTTP tells them: problem details (RFC 9457), without personal data and without a traceback."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from auterity_sdk.errors import (
    AuterityError,
    ConfigurationError,
    InvalidWorkflow,
    RunHeld,
    RunNotFound,
    RunRejected,
    StoreUnavailable,
    UsageError,
    VersionConflict,
)

MEDIA_TYPE = "application/problem+json"
TYPES = "urn:auterity:problem:"

_LOG = logging.getLogger("auterity.server")

_OF_ERRORS: tuple[tuple[type[AuterityError], HTTPStatus, str], ...] = (
    (RunNotFound, HTTPStatus.NOT_FOUND, "not-found"),
    (VersionConflict, HTTPStatus.CONFLICT, "conflict"),
    (StoreUnavailable, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    (RunHeld, HTTPStatus.CONFLICT, "run-held"),
    (RunRejected, HTTPStatus.CONFLICT, "run-rejected"),
    (ConfigurationError, HTTPStatus.INTERNAL_SERVER_ERROR, "misconfigured"),
    (InvalidWorkflow, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-workflow"),
    (UsageError, HTTPStatus.UNPROCESSABLE_ENTITY, "cannot-be-done"),
)
"""The SDK's errors, the first that fits: its status and the word of its type."""


class Problem(Exception):
    """What the caller is told instead of an answer.

    `word` names the kind of problem for programs (`urn:auterity:problem:WORD`); `detail` is for people and quotes no
    customer's data; `more` are further members; `headers` go along.
    """

    def __init__(
        self,
        status: HTTPStatus,
        word: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.word = word
        self.detail = detail
        self.headers = headers
        self.more = more

    @property
    def data(self) -> dict[str, Any]:
        """The body of the answer."""
        return {
            "type": TYPES + self.word,
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
            **self.more,
        }


def not_found(what: str) -> Problem:
    """There is no such thing, or it is another organisation's: the answer is the same."""
    return Problem(HTTPStatus.NOT_FOUND, "not-found", f"there is no such {what}")


def conflict(detail: str, **more: Any) -> Problem:
    """The thing is not as the caller thinks, or is there already."""
    return Problem(HTTPStatus.CONFLICT, "conflict", detail, **more)


def answer(problem: Problem) -> JSONResponse:
    """A problem as a response."""
    headers = dict(problem.headers or {})
    return JSONResponse(problem.data, problem.status, headers, MEDIA_TYPE)


def of_error(error: AuterityError) -> Problem:
    """The problem that an error of the SDK is."""
    for kind, status, word in _OF_ERRORS:
        if isinstance(error, kind):
            more: dict[str, Any] = {"help": error.help} if error.help else {}
            return Problem(status, word, error.message, **more)
    return _internal(error)


def _internal(error: Exception) -> Problem:
    # The text of an unforeseen error may quote a customer's data: only its type is logged.
    _LOG.error("a request ended in %s", type(error).__name__)
    detail = "this is a defect of the server; its log names the kind of error"
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail)


async def _of_problem(_: Request, error: Exception) -> JSONResponse:
    return answer(error if isinstance(error, Problem) else _internal(error))


async def _of_sdk(_: Request, error: Exception) -> JSONResponse:
    return answer(of_error(error) if isinstance(error, AuterityError) else _internal(error))


async def _of_http(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        return answer(_internal(error))
    status = HTTPStatus(error.status_code)
    word = status.phrase.lower().replace(" ", "-")
    said = f"{status.phrase.lower()}; the API is described at /openapi.json"
    return answer(Problem(status, word, said, headers=error.headers))


async def _of_input(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        return answer(_internal(error))
    # Without the values: they may be personal.
    wrong = [{"place": [*map(str, each["loc"])], "message": each["msg"]} for each in error.errors()]
    said = "the request is not as the API's description asks"
    return answer(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-request", said, errors=wrong))


def handle_problems(app: FastAPI) -> None:
    """Let every error of the application end in a problem."""
    app.add_exception_handler(Problem, _of_problem)
    app.add_exception_handler(AuterityError, _of_sdk)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_input)
    app.add_exception_handler(Exception, _of_problem)
