"""A webhook: an address at which another system leaves signed messages, which start or wake runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator
from pydantic.config import JsonDict

from auterity_sdk.hosted.schemas.message import EventType
from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, Request

Path = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9/_-]*$")]
"""The `path` of `webhook` triggers."""

HeaderName = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")
]
Format = Literal["json", "adf", "form"]
Outcome = Literal["accepted", "duplicate", "signature", "too_old", "unreadable", "too_large"]


class HmacSigning(BaseModel):
    """A signature of the body alone: `prefix`, then its HMAC, in the header `header`.

    `id_header` names a header with the message's id, by which a repeated one is known; without it, the same body again
    is the same message. That header is not signed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    header: HeaderName
    algorithm: Literal["sha256", "sha512", "sha1"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = Field(default="", max_length=50, pattern=r"^[!-~]*$")
    id_header: HeaderName | None = None


class NewWebhook(Request):
    """A webhook to be made. It leads to the `webhook` triggers of a `path`, or its messages are outside events of the type
    `event`, for `event` triggers and steps that wait.

    Without `hmac` messages are signed as Standard Webhooks has it, and those whose time is more than `tolerance_seconds`
    away are refused. `secret` is one that the other system gave; without it the server makes one.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"path": "leads", "format": "adf"},
                {
                    "event": "crm.lead.changed",
                    "hmac": {"header": "X-Hub-Signature-256", "prefix": "sha256="},
                },
            ]
        }
    )

    path: Path | None = None
    event: EventType | None = None
    format: Format = "json"
    hmac: HmacSigning | None = None
    tolerance_seconds: int = Field(default=300, ge=1, le=86_400)
    secret: SecretStr | None = Field(default=None, min_length=16, max_length=500)

    @model_validator(mode="after")
    def _leads_somewhere(self) -> NewWebhook:
        if (self.path is None) == (self.event is None):
            raise ValueError("a webhook has either a path or an event")
        return self


class NewWebhookSecret(Request):
    """A secret in place of the one that is in use, which is still good for `overlap_seconds`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_seconds": 86400}]})

    secret: SecretStr | None = Field(default=None, min_length=16, max_length=500)
    overlap_seconds: int = Field(default=86_400, ge=0, le=30 * 86_400)


class WebhookSecret(Answer):
    """A secret that is in use: nobody is shown it again. `expires_at` is None for the one that stays."""

    created_at: Moment
    expires_at: Moment | None = None


_EXAMPLE: JsonDict = {
    "id": "hook_9f2c51d0a7b34e86",
    "url": "https://auterity.smith-auto.example/hooks/hook_9f2c51d0a7b34e86",
    "path": "leads",
    "event": None,
    "format": "adf",
    "hmac": None,
    "tolerance_seconds": 300,
    "secrets": [{"created_at": "2026-11-28T15:00:00Z", "expires_at": None}],
    "starts": ["lead-response"],
    "by": "usr_fa08288fff5bb983",
    "at": "2026-11-28T15:00:00Z",
}


class Webhook(Answer):
    """A webhook. `url` is where the other system posts to; `starts` are the live workflows of which its messages may start
    runs."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: Id
    url: str
    path: str | None = None
    event: str | None = None
    format: Format
    hmac: HmacSigning | None = None
    tolerance_seconds: int
    secrets: tuple[WebhookSecret, ...] = ()
    starts: tuple[str, ...] = ()
    by: Id
    at: Moment


class WebhookMade(Answer):
    """A webhook with the secret that it signs with from now on, which is shown this once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"webhook": _EXAMPLE, "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}]
        }
    )

    webhook: Webhook
    secret: str


class WebhookDelivery(Answer):
    """A message that came. Of what was in it only the size is kept here; `message` is a digest of its id.

    `accepted`: it is kept, and is worked on. `duplicate`: it came before. Refused: its `signature` is not right, it is
    `too_old`, its body is `unreadable` or `too_large`. `events` counts the outside events in it; `runs` were started.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "del_51d0a7b34e869f2c",
                    "at": "2026-11-28T15:00:00Z",
                    "outcome": "accepted",
                    "status": 202,
                    "bytes": 1843,
                    "message": "5d41402abc4b2a76",
                    "events": 1,
                    "runs": ["ca1f0081437d3a13d8e3"],
                }
            ]
        }
    )

    id: Id
    at: Moment
    outcome: Outcome
    status: int
    bytes: int
    message: str
    events: int
    runs: tuple[str, ...] = ()


class WebhookTaken(Answer):
    """The answer to a message: it is kept. `duplicate`: it was kept before, and nothing is done."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"duplicate": False}]})

    duplicate: bool
