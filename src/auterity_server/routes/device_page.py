"""The page on which a person lets a device sign in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from auterity_server.access.access import Access, Accessed
from auterity_server.access.browser_cookie import cookie_of, set_cookie
from auterity_server.access.browsers import BrowsersUnreachable
from auterity_server.access.forms import fields_of
from auterity_server.access.guard import address_of, public
from auterity_server.access.pages import (
    code_page,
    device_page,
    must_be_own_form,
    own_device_page,
    told_page,
)
from auterity_server.access.refusals import NotSignedIn, NotThere, Refusal, said

router = APIRouter(dependencies=[Depends(public())], include_in_schema=False)

_NOT_WAITED_FOR = "This code is not waited for: it is wrong, used, or too old."
_SIGNED_OUT = "This browser is signed out by now. Enter the password."


@router.get("/device")
async def ask(
    request: Request, access: Accessed, code: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """Ask for the code, or tell of the device that shows it."""
    if not code:
        return await _code_page(request, access)
    try:
        client = await access.device_codes.client(code)
    except NotThere:
        return code_page(_NOT_WAITED_FOR, 404)
    return await _page(request, access, code, client)


@router.post("/device")
async def decide(request: Request, access: Accessed) -> HTMLResponse:
    """Approve or deny, by who can sign in, or stays signed in with the browser."""
    must_be_own_form(request)
    fields = await fields_of(request)
    code, approved = fields.get("code", "")[:20], fields.get("answer") == "approve"
    try:
        client = await access.device_codes.client(code)
        user = await _user(request, access, fields)
        await access.device_codes.decide(user, code, approved=approved)
    except NotThere:
        return code_page(_NOT_WAITED_FOR, 404)
    except NotSignedIn as refusal:
        return device_page(code, client, "", _SIGNED_OUT, refusal.status)
    except Refusal as refusal:
        if "form" in fields and not isinstance(refusal, BrowsersUnreachable):
            return await _page(request, access, code, client, refusal)
        return device_page(code, client, _email(fields), said(refusal), refusal.status)
    was = "is signed in" if approved else "was not signed in"
    title = "Approved" if approved else "Denied"
    stays = "" if "form" in fields or "stay" not in fields else await _stay(access, user)
    text = f"{client} {was}. You may close this page."
    if stays is None:
        return told_page(title, f"{text} This browser does not stay signed in: try that later.")
    answer = told_page(title, text)
    if stays:
        set_cookie(request, access, answer, stays)
    return answer


async def _code_page(request: Request, access: Access) -> HTMLResponse:
    try:
        return code_page(who=await access.browsers.find(cookie_of(request, access)))
    except BrowsersUnreachable as away:
        return code_page(said(away), away.status)


async def _page(
    request: Request, access: Access, code: str, client: str, refusal: Refusal | None = None
) -> HTMLResponse:
    """The page for who is signed in with the browser, else the one that asks for the password."""
    wrong, status = ("", 200) if refusal is None else (said(refusal), refusal.status)
    try:
        found = await access.browsers.find(cookie_of(request, access))
    except BrowsersUnreachable as away:
        return device_page(code, client, "", said(away), away.status)
    if found is None:
        return device_page(code, client, "", wrong, status)
    return own_device_page(code, client, found, wrong, status)


async def _user(request: Request, access: Access, fields: Mapping[str, str]) -> str:
    """Who sent the form. Raises a `Refusal`."""
    if "form" in fields:
        found = await access.browsers.acting(cookie_of(request, access), fields["form"])
        return found.claims.user
    password = fields.get("password", "")
    return await access.sign_in.identified(_email(fields), password, address_of(request))


async def _stay(access: Access, user: str) -> str | None:
    """The cookie of a browser that stays signed in; None where it cannot."""
    try:
        return await access.browsers.open(user)
    except Refusal:
        return None


def _email(fields: Mapping[str, str]) -> str:
    return fields.get("email", "").strip().lower()
