"""From an answer that is no success to the error that is raised."""

from __future__ import annotations

import httpx2
from pydantic import ValidationError

from auterity_sdk.errors import (
    HostedError,
    NotAllowed,
    NotOnServer,
    PushRefused,
    ServerConflict,
    ServerUnavailable,
    SignInNeeded,
)
from auterity_sdk.hosted.retrying import retry_after
from auterity_sdk.hosted.schemas.problem import MEDIA_TYPE, TYPE_PREFIX, Problem, ProblemCode

SIGN_IN_HELP = "auterity login signs you in"

_KINDS: dict[str, type[HostedError]] = {
    ProblemCode.SIGN_IN_NEEDED: SignInNeeded,
    ProblemCode.SIGN_IN_REFUSED: SignInNeeded,
    ProblemCode.NOT_ALLOWED: NotAllowed,
    ProblemCode.NOT_FOUND: NotOnServer,
    ProblemCode.CONFLICT: ServerConflict,
    ProblemCode.CHANGED_MEANWHILE: ServerConflict,
    ProblemCode.TOO_MANY_REQUESTS: ServerUnavailable,
    ProblemCode.UNAVAILABLE: ServerUnavailable,
}
_OF_STATUS: dict[int, type[HostedError]] = {
    401: SignInNeeded,
    403: NotAllowed,
    404: NotOnServer,
    409: ServerConflict,
    412: ServerConflict,
    429: ServerUnavailable,
}


def refusal(response: httpx2.Response) -> HostedError:
    """The error that an answer stands for. Its body has been read."""
    problem = _problem(response)
    found = _without_problem(response) if problem is None else _of_problem(problem, response)
    if isinstance(found, ServerUnavailable):
        found.retry_after = retry_after(response.headers)
    return found


def _of_problem(problem: Problem, response: httpx2.Response) -> HostedError:
    code = problem.code or problem.type.removeprefix(TYPE_PREFIX)
    said = problem.detail or problem.title
    if problem.errors:
        said += ": " + "; ".join(f"{each.location}: {each.message}" for each in problem.errors)
    if code == ProblemCode.INVALID_WORKFLOW:
        return PushRefused(said, findings=problem.findings, help=problem.help)
    status = response.status_code
    kind = _KINDS.get(code) or _kind_of(status)
    needed = code == ProblemCode.SIGN_IN_NEEDED
    advice = SIGN_IN_HELP if needed else problem.help
    return kind(said, code=code, status=status, help=advice)


def _problem(response: httpx2.Response) -> Problem | None:
    media_type, _, _ = response.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != MEDIA_TYPE:
        return None
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        return None


def _without_problem(response: httpx2.Response) -> HostedError:
    """What something between here and the server says, such as a proxy; its text is not ours to show."""
    status = response.status_code
    if response.is_redirect:
        return HostedError(
            f"the server sends elsewhere (status {status}), which is not followed",
            status=status,
            help="if the server has moved, auterity login with its new address",
        )
    kind = _kind_of(status)
    place = "check that this is the address of the server"
    advice = SIGN_IN_HELP if kind is SignInNeeded else place
    return kind(f"the server answered with status {status}", status=status, help=advice)


def _kind_of(status: int) -> type[HostedError]:
    return ServerUnavailable if status >= 500 else _OF_STATUS.get(status, HostedError)
