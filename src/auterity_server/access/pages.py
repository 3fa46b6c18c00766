"""The few pages that people see: plain HTML with nothing from elsewhere.

A form carries the e-mail address and the password with it; where a person stays signed in with the browser, a text that
only the page itself was given. So no other site can make a page act for who happens to be signed in.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

from fastapi import Request
from fastapi.responses import HTMLResponse

from auterity_server.access.browser_sessions import SignedIn
from auterity_server.access.refusals import NotAllowed

_STYLE = """
:root { color-scheme: light dark; --edge: #8a8f98; --ink: #16181d; --paper: #fff; --act: #0b57d0; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #1b1d21; --act: #8ab4f8; --bad: #f2b8b5 } }
* { box-sizing: border-box }
body { margin: 0; padding: 2rem 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
main { max-width: 26rem; margin: 0 auto }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 1rem }
label { display: block; margin: 1rem 0 0.25rem; font-weight: 600 }
input { width: 100%; padding: 0.6rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--edge); border-radius: 0.375rem }
.code { font: 600 1.5rem/1.4 ui-monospace, monospace; letter-spacing: 0.1em }
.actions { display: flex; gap: 0.75rem; margin-top: 1.5rem }
button { flex: 1; padding: 0.7rem; font: inherit; font-weight: 600; border: 1px solid var(--act); border-radius: 0.375rem; color: var(--paper); background: var(--act); cursor: pointer }
button.other { color: var(--act); background: transparent }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px }
.bad { color: var(--bad); font-weight: 600 }
.small { font-size: 0.875rem }
.stay { font-weight: 400 }
.stay input { width: auto }
"""
_ANSWERS = (
    '<div class="actions"><button name="answer" value="approve">Approve</button>'
    '<button class="other" name="answer" value="deny">Deny</button></div>'
)
_FROM_HASH = """
const field = document.getElementById("token");
if (location.hash.length > 1) {
  field.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
"""
"""Takes the token out of the address, where it could stay in the history of the browser."""


def _source(text: str) -> str:
    """How a policy names an inline text: by its hash, so that no other one runs."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_POLICY = (
    f"default-src 'none'; style-src {_source(_STYLE)}; script-src {_source(_FROM_HASH)}; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def code_page(wrong: str = "", status: int = 200, who: SignedIn | None = None) -> HTMLResponse:
    """Asks for the code of a device: only then is it known who asks for what. `who` is signed in with the browser."""
    fields = (
        "<p>Enter the code that your terminal shows.</p>"
        + _field("code", "Code", "", "off")
        + '<div class="actions"><button>Continue</button></div>'
    )
    leaving = "" if who is None else _who_leaves(who)
    return _page("Sign a device in", _form(fields, wrong, method="get") + leaving, status)


def device_page(
    code: str, client: str, email: str = "", wrong: str = "", status: int = 200
) -> HTMLResponse:
    """Asks who lets the device that shows the code sign in."""
    fields = (
        _of_device(code, client)
        + _field("email", "E-mail address", email, "username", kind="email")
        + _field("password", "Password", "", "current-password", kind="password")
        + '<label class="stay"><input type="checkbox" name="stay" value="yes"> Stay signed in with this browser</label>'
        + _ANSWERS
        + '<p class="small"><a href="sign-in/forgotten">Forgot the password?</a></p>'
    )
    return _page("Sign a device in", _form(fields, wrong), status)


def own_device_page(
    code: str, client: str, who: SignedIn, wrong: str = "", status: int = 200
) -> HTMLResponse:
    """Asks the person who is signed in with the browser whether the device may sign in."""
    fields = _of_device(code, client) + _hidden("form", who.form) + _ANSWERS
    return _page("Sign a device in", _form(fields, wrong) + _who_leaves(who), status)


def sign_in_page(wrong: str = "", token: str = "", status: int = 200) -> HTMLResponse:
    """Asks for the password that a person with a one-time link will have."""
    fields = (
        "<p>Choose the password with which you sign in from now on.</p>"
        + _field("token", "One-time link", token, "off")
        + _field("password", "New password", "", "new-password", kind="password")
        + '<p class="small">At least 12 characters; four words make a good one.</p>'
        '<div class="actions"><button>Set the password</button></div>'
    )
    script = f"<script>{_FROM_HASH}</script>"
    return _page("Welcome to Auterity", _form(fields, wrong) + script, status)


def forgotten_page(wrong: str = "", status: int = 200) -> HTMLResponse:
    """Asks where a link to a new password is to go."""
    fields = (
        "<p>A link to a new password will be mailed to you.</p>"
        + _field("email", "E-mail address", "", "username", kind="email")
        + '<div class="actions"><button>Send the link</button></div>'
    )
    return _page("Forgot the password", _form(fields, wrong), status)


def told_page(title: str, text: str, status: int = 200) -> HTMLResponse:
    """Says how it went."""
    return _page(title, f"<p>{escape(text)}</p>", status)


def must_be_own_form(request: Request) -> None:
    """Refuse what a page of another site sends. Raises `NotAllowed`."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotAllowed("this form was sent by another site", help="open the page itself")


def _of_device(code: str, client: str) -> str:
    return (
        f"<p><strong>{escape(client)}</strong> asks to act as you. Go on only if you have just started it, "
        f'and it shows this code:</p><p class="code">{escape(code)}</p>{_hidden("code", code)}'
    )


def _who_leaves(who: SignedIn) -> str:
    return (
        f'<form method="post" action="sign-out"><p class="small">You are {escape(who.email)}.</p>'
        + _hidden("form", who.form)
        + '<div class="actions"><button class="other">Sign out</button>'
        '<button class="other" name="where" value="everywhere">Sign out everywhere</button></div></form>'
    )


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _field(name: str, label: str, value: str, complete: str, kind: str = "text") -> str:
    return (
        f'<label for="{name}">{label}</label><input id="{name}" name="{name}" type="{kind}" '
        f'value="{escape(value)}" autocomplete="{complete}" required>'
    )


def _form(fields: str, wrong: str, method: str = "post") -> str:
    said = f'<p class="bad" role="alert">{escape(wrong)}</p>' if wrong else ""
    return f'{said}<form method="{method}">{fields}</form>'


def _page(title: str, body: str, status: int) -> HTMLResponse:
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Auterity</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(text, status, {"Content-Security-Policy": _POLICY})
