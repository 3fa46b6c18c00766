"""Where the pages of a browser sign out."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from auterity_server.access.access import Accessed
from auterity_server.access.browser_cookie import cookie_of, set_cookie
from auterity_server.access.browsers import BrowsersUnreachable
from auterity_server.access.forms import fields_of
from auterity_server.access.guard import public
from auterity_server.access.pages import must_be_own_form, told_page
from auterity_server.access.refusals import NotSignedIn, said

router = APIRouter(dependencies=[Depends(public())], include_in_schema=False)


@router.post("/sign-out")
async def sign_out(request: Request, access: Accessed) -> HTMLResponse:
    """End the sign-in of this browser, or all that the person has."""
    must_be_own_form(request)
    fields = await fields_of(request)
    everywhere = fields.get("where") == "everywhere"
    cookie = cookie_of(request, access)
    try:
        await access.browsers.end(cookie, fields.get("form", ""), everywhere=everywhere)
    except BrowsersUnreachable as refusal:
        return told_page("Nobody was signed out", said(refusal), refusal.status)
    except NotSignedIn as refusal:
        return told_page("Nobody was signed out", "This browser is not signed in.", refusal.status)
    text = "All terminals and browsers are." if everywhere else "This browser is."
    answer = told_page("Signed out", text)
    set_cookie(request, access, answer, "")
    return answer
