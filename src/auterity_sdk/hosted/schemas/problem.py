"""What every error is answered as: a problem by RFC 9457, `application/problem+json`."""

from __future__ import annotations

from enum import StrEnum

from pydantic import ConfigDict, Field

from auterity_sdk.hosted.schemas.finding import FileFindings
from auterity_sdk.hosted.schemas.health import State
from auterity_sdk.hosted.schemas.shape import Answer

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:auterity:problem:"
"""A problem's `type` is this and its `code`: it names the problem, and is no page."""


class ProblemCode(StrEnum):
    """The stable words by which programs tell problems apart."""

    INVALID_REQUEST = "invalid-request"  # 400, 422: `errors` say which values
    SIGN_IN_NEEDED = "sign-in-needed"  # 401: no token, or one that is over or not ours
    SIGN_IN_REFUSED = "sign-in-refused"  # 401: wrong password, used link, revoked token
    SIGNATURE_REFUSED = "signature-refused"  # 401: of a message to a webhook
    NOT_ALLOWED = "not-allowed"  # 403: a role is missing
    NOT_FOUND = "not-found"  # 404: not there, or another organisation's
    METHOD_NOT_ALLOWED = "method-not-allowed"  # 405
    CONFLICT = "conflict"  # 409: what is there already, or stands otherwise by now
    CHANGED_MEANWHILE = "changed-meanwhile"  # 412: If-Match names an older state
    TOO_LARGE = "too-large"  # 413
    WRONG_MEDIA_TYPE = "wrong-media-type"  # 415
    INVALID_WORKFLOW = "invalid-workflow"  # 422: `findings` say what to mend
    KEY_REUSED = "key-reused"  # 422: the Idempotency-Key came with another request
    TOO_MANY_REQUESTS = "too-many-requests"  # 429: Retry-After says when
    INTERNAL = "internal"  # 500
    UNAVAILABLE = "unavailable"  # 503: shutting down, or the database cannot be reached


class WrongValue(Answer):
    """A value of the request that is wrong: `location` is `body/files/0/text`, `query/limit` or `header/If-Match`."""

    location: str
    message: str


class Problem(Answer):
    """An error. `detail` says what is wrong in this case, `help` what to do next. Neither quotes personal data.

    `errors` come with `invalid-request`, `findings` with `invalid-workflow`, and `checks` from a server that
    is not ready.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:auterity:problem:not-allowed",
                    "title": "Not allowed",
                    "status": 403,
                    "code": "not-allowed",
                    "detail": "to push workflows here takes the role developer",
                    "help": "ask an owner of the organisation for a grant",
                }
            ]
        }
    )

    type: str
    title: str
    status: int = Field(ge=400, le=599)
    code: str
    detail: str = ""
    help: str | None = None
    errors: tuple[WrongValue, ...] = ()
    findings: tuple[FileFindings, ...] = ()
    checks: dict[str, State] = Field(default_factory=dict)
