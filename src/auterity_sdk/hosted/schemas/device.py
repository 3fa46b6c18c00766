"""The device flow (RFC 8628): a terminal shows a code, and a signed-in person approves it in a browser."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from auterity_sdk.hosted.schemas.shape import Answer, Request, Title
from auterity_sdk.hosted.schemas.sign_in import OpaqueToken, Tokens

UserCode = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=4, max_length=20)
]
"""What a person types: `BDWP-HQPK`. Spaces and hyphens make no difference."""


class DeviceStart(Request):
    """Begin to sign a device in. `client` is what the person who approves is shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"client": "auterity on dana-mac"}]})

    client: Title


class DeviceCode(Answer):
    """`device_code` is the device's secret; `user_code` is shown. Poll every `interval` seconds until `expires_in`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "device_code": "aut_dc_4e1a",
                    "user_code": "BDWP-HQPK",
                    "verification_uri": "https://auterity.example/device",
                    "verification_uri_complete": "https://auterity.example/device?code=BDWP-HQPK",
                    "expires_in": 600,
                    "interval": 5,
                }
            ]
        }
    )

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int = Field(ge=1)
    interval: int = Field(ge=1)


class DevicePoll(Request):
    """Ask whether the code has been approved."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"device_code": "aut_dc_4e1a"}]})

    device_code: OpaqueToken


class DevicePolled(Answer):
    """`status` pending: ask again; slow_down: ask 5 seconds less often from now on. `tokens` come once, with approved."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "pending"}]})

    status: Literal["pending", "slow_down", "approved", "denied", "expired"]
    tokens: Tokens | None = None


class DeviceApproval(Request):
    """A signed-in person's answer to a code."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"user_code": "BDWP-HQPK", "approved": True}]}
    )

    user_code: UserCode
    approved: bool = True


class DeviceApproved(Answer):
    """Whom the answer signed in: the `client` that had asked."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"client": "auterity on dana-mac", "approved": True}]}
    )

    client: str
    approved: bool
