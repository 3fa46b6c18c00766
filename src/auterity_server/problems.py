"""Errors as HTTP tells them: problem details (RFC 9457), without personal data and without a traceback."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException

from auterity_sdk.dealership.personal_names import without_looks
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
from auterity_sdk.hosted.schemas.problem import MEDIA_TYPE, TYPE_PREFIX, ProblemCode
from auterity_server.access.refusals import Refusal
from auterity_server.etags import ChangedMeanwhile

_LOG = logging.getLogger("auterity.server")

_OF_ERRORS: tuple[tuple[type[AuterityError], HTTPStatus, ProblemCode], ...] = (
    (RunNotFound, HTTPStatus.NOT_FOUND, ProblemCode.NOT_FOUND),
    (VersionConflict, HTTPStatus.CONFLICT, ProblemCode.CONFLICT),
    (StoreUnavailable, HTTPStatus.SERVICE_UNAVAILABLE, ProblemCode.UNAVAILABLE),
    (ChangedMeanwhile, HTTPStatus.PRECONDITION_FAILED, ProblemCode.CHANGED_MEANWHILE),
    (RunHeld, HTTPStatus.CONFLICT, ProblemCode.CONFLICT),
    (RunRejected, HTTPStatus.CONFLICT, ProblemCode.CONFLICT),
    (InvalidWorkflow, HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID_WORKFLOW),
    (ConfigurationError, HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID_REQUEST),
    (UsageError, HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID_REQUEST),
)
"""The SDK's errors, the first that fits: its status and its code."""

_OF_STATUS = {
    400: ProblemCode.INVALID_REQUEST,
    404: ProblemCode.NOT_FOUND,
    405: ProblemCode.METHOD_NOT_ALLOWED,
    413: ProblemCode.TOO_LARGE,
    415: ProblemCode.WRONG_MEDIA_TYPE,
    503: ProblemCode.UNAVAILABLE,
}


class Problem(Exception):
    """What the caller is told instead of an answer.

    `code` is for programs; `detail` and `help` are for people, and quote no customer's data; `more` are further members;
    `headers` go along.
    """

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        help: str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = str(code)
        self.detail = detail
        self.help = help
        self.headers = headers
        self.more = more

    @property
    def data(self) -> dict[str, Any]:
        """The body of the answer."""
        told = {
            "type": TYPE_PREFIX + self.code,
            "title": self.code.replace("-", " ").capitalize(),
            "status": self.status.value,
            "code": self.code,
            "detail": self.detail,
            **self.more,
        }
        return told if self.help is None else {**told, "help": self.help}


def not_found(what: str) -> Problem:
    """There is no such thing, or it is another organisation's: the answer is the same."""
    return Problem(HTTPStatus.NOT_FOUND, ProblemCode.NOT_FOUND, f"there is no such {what}")


def conflict(detail: str, *, help: str | None = None) -> Problem:
    """The thing is not as the caller thinks, or is there already."""
    return Problem(HTTPStatus.CONFLICT, ProblemCode.CONFLICT, detail, help=help)


def wrong_value(location: str, message: str, *, help: str | None = None) -> Problem:
    """A value of the request is wrong: `location` is `body/project` or `query/cursor`."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemCode.INVALID_REQUEST,
        f"{location} {message}",
        help=help,
        errors=[{"location": location, "message": message}],
    )


def answer(problem: Problem) -> JSONResponse:
    """A problem as a response."""
    headers = dict(problem.headers or {})
    return JSONResponse(problem.data, problem.status, headers, MEDIA_TYPE)


def of_error(error: AuterityError) -> Problem:
    """The problem that an error of the SDK, or a refusal, is."""
    if isinstance(error, Refusal):
        return _of_refusal(error)
    for kind, status, code in _OF_ERRORS:
        if isinstance(error, kind):
            return Problem(status, code, without_looks(error.message), help=error.help)
    return _internal(error)


def _of_refusal(refusal: Refusal) -> Problem:
    more = {"errors": refusal.errors} if refusal.errors else {}
    return Problem(
        HTTPStatus(refusal.status),
        refusal.code,
        refusal.message,
        help=refusal.help,
        headers=refusal.headers,
        **more,
    )


def _internal(error: Exception) -> Problem:
    # The text of an unforeseen error may quote a customer's data: only its type is logged.
    _LOG.error("a request ended in %s", type(error).__name__, exc_info=error)
    detail = "this is a defect of the server; its log names the kind of error"
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, ProblemCode.INTERNAL, detail)


async def _of_problem(_: Request, error: Exception) -> JSONResponse:
    return answer(error if isinstance(error, Problem) else _internal(error))


async def _of_sdk(_: Request, error: Exception) -> JSONResponse:
    return answer(of_error(error) if isinstance(error, AuterityError) else _internal(error))


async def _of_database(_: Request, error: Exception) -> JSONResponse:
    """Locked for too long, a full disk, a server that is away: another attempt may help."""
    _LOG.error("the database: %s", type(error).__name__)
    said = "the database does not answer; try again"
    return answer(Problem(HTTPStatus.SERVICE_UNAVAILABLE, ProblemCode.UNAVAILABLE, said))


async def _of_value(_: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - it may quote a value
    """A text of a path or a query that the database does not keep, such as one with a NUL character."""
    return answer(wrong_value("the request", "holds a value that cannot be kept"))


async def _of_http(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        return answer(_internal(error))
    status = HTTPStatus(error.status_code)
    phrase = status.phrase.lower()
    code = _OF_STATUS.get(status.value, phrase.replace(" ", "-"))
    advice = "the API is described at /openapi.json"
    return answer(Problem(status, code, phrase, help=advice, headers=error.headers))


async def _of_input(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        return answer(_internal(error))
    # Without the values: they may be personal.
    wrong = [
        {"location": "/".join(map(str, each["loc"])), "message": each["msg"]}
        for each in error.errors()
    ]
    said = "the request is not as the API's description asks"
    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID_REQUEST
    return answer(Problem(status, code, said, errors=wrong))


def handle_problems(app: FastAPI) -> None:
    """Let every error of the application end in a problem."""
    app.add_exception_handler(Problem, _of_problem)
    app.add_exception_handler(AuterityError, _of_sdk)
    app.add_exception_handler(OperationalError, _of_database)
    app.add_exception_handler(DataError, _of_value)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_input)
    app.add_exception_handler(Exception, _of_problem)
