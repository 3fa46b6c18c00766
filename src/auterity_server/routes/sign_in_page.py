"""The page that a one-time link opens, and the one that mails such a link to who forgot the password."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from auterity_server.access.access import Accessed
from auterity_server.access.forms import fields_of
from auterity_server.access.guard import address_of, public
from auterity_server.access.pages import forgotten_page, must_be_own_form, sign_in_page, told_page
from auterity_server.access.refusals import Refusal, Unfit, said

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


@router.get("/sign-in/forgotten")
async def ask_whose() -> HTMLResponse:
    """Ask for the e-mail address."""
    return forgotten_page()


@router.post("/sign-in/forgotten")
async def mail_link(request: Request, access: Accessed) -> HTMLResponse:
    """Mail a link to it; the page is the same whether somebody signs in with the address or not."""
    must_be_own_form(request)
    email = (await fields_of(request)).get("email", "").strip().lower()[:254]
    try:
        await access.forgotten.ask(email, address_of(request))
    except Refusal as refusal:
        return forgotten_page(said(refusal), refusal.status)
    return told_page(
        "Look into your mail",
        "If somebody signs in with this address, a link to a new password is on its way there.",
    )
