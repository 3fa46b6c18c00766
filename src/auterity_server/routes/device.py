"""The device flow (RFC 8628): how `auterity login` signs in without seeing a password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from auterity_sdk.hosted.schemas.device import (
    DeviceApproval,
    DeviceApproved,
    DeviceCode,
    DevicePoll,
    DevicePolled,
    DeviceStart,
)
from auterity_server.access.access import Accessed
from auterity_server.access.device_codes import INTERVAL
from auterity_server.access.guard import public, signed_in_person
from auterity_server.access.principal import Principal
from auterity_server.access.token_answer import tokens_of

router = APIRouter(prefix="/device", tags=["sign-in"])


@router.post("/start", dependencies=[Depends(public())])
async def start(asked: DeviceStart, request: Request, access: Accessed) -> DeviceCode:
    """Begin. The device shows the user code, and asks again and again with the other one."""
    started = await access.device_codes.start(asked.client)
    page = f"{access.url(request)}/device"
    return DeviceCode(
        device_code=started.device_code,
        user_code=started.user_code,
        verification_uri=page,
        verification_uri_complete=f"{page}?code={started.user_code}",
        expires_in=started.seconds,
        interval=INTERVAL,
    )


@router.post("/poll", dependencies=[Depends(public())])
async def poll(asked: DevicePoll, access: Accessed) -> DevicePolled:
    """Ask whether somebody has approved. The tokens are given once."""
    status, issued = await access.device_codes.poll(asked.device_code.get_secret_value())
    tokens = None if issued is None else tokens_of(issued)
    return DevicePolled(status=status.value, tokens=tokens)


@router.post("/approve")
async def approve(
    asked: DeviceApproval,
    access: Accessed,
    principal: Annotated[Principal, Depends(signed_in_person())],
) -> DeviceApproved:
    """Let the device that shows the code act as oneself, or refuse it."""
    client = await access.device_codes.decide(
        principal.id, asked.user_code, approved=asked.approved
    )
    return DeviceApproved(client=client, approved=asked.approved)
