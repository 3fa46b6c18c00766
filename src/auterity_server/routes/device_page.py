"""The page on which a person lets a device sign in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from auterity_server.access.access import Accessed
from auterity_server.access.forms import fields_of
from auterity_server.access.guard import address_of, public
from auterity_server.access.pages import code_page, device_page, must_be_own_form, told_page
from auterity_server.access.refusals import NotThere, Refusal, said

router = APIRouter(dependencies=[Depends(public())], include_in_schema=False)

_NOT_WAITED_FOR = "This code is not waited for: it is wrong, used, or too old."


@router.get("/device")
async def ask(access: Accessed, code: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """Ask for the code, or tell of the device that shows it."""
    if not code:
        return code_page()
    try:
        return device_page(code, await access.device_codes.client(code))
    except NotThere:
        return code_page(_NOT_WAITED_FOR, 404)


@router.post("/device")
async def decide(request: Request, access: Accessed) -> HTMLResponse:
    """Approve or deny, by who can sign in."""
    must_be_own_form(request)
    fields = await fields_of(request)
    code, approved = fields.get("code", "")[:20], fields.get("answer") == "approve"
    email, password = fields.get("email", "").strip().lower(), fields.get("password", "")
    try:
        client = await access.device_codes.client(code)
        user = await access.sign_in.identified(email, password, address_of(request))
        await access.device_codes.decide(user, code, approved=approved)
    except NotThere:
        return code_page(_NOT_WAITED_FOR, 404)
    except Refusal as refusal:
        return device_page(code, client, email, said(refusal), refusal.status)
    if approved:
        return told_page("Approved", f"{client} is signed in. You may close this page.")
    return told_page("Denied", f"{client} was not signed in. You may close this page.")
