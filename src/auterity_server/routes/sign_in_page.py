"""The page that a one-time link opens."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from auterity_server.access.access import Accessed
from auterity_server.access.forms import fields_of
from auterity_server.access.guard import public
from auterity_server.access.pages import must_be_own_form, sign_in_page, told_page
from auterity_server.access.refusals import Refusal, Unfit

router = APIRouter(dependencies=[Depends(public())], include_in_schema=False)


@router.get("/sign-in")
async def ask() -> HTMLResponse:
    """Ask for a password."""
    return sign_in_page()


@router.post("/sign-in")
async def choose(request: Request, access: Accessed) -> HTMLResponse:
    """Set it; the link is good no more after it."""
    must_be_own_form(request)
    fields = await fields_of(request)
    token = fields.get("token", "").strip()
    try:
        email = await access.sign_in.choose_password(token, fields.get("password", ""))
    except Unfit as unfit:
        return sign_in_page(f"{unfit.message.capitalize()}: {unfit.help}.", token, unfit.status)
    except Refusal:
        return sign_in_page("This link was used already, or is too old.", "", 401)
    return told_page(
        "The password is set",
        f"Sign in as {email}. In a terminal: auterity login {access.url(request)}",
    )
