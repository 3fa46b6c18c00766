"""The few pages that people see: plain HTML with nothing from elsewhere, and no cookie.

Each form carries the e-mail address and the password with it: no page acts for who happens to be signed in, so that
no other site can make it act.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

from fastapi import Request
from fastapi.responses import HTMLResponse

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
"""
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


def code_page(wrong: str = "", status: int = 200) -> HTMLResponse:
    """Asks for the code of a device: only then is it known who asks for what."""
    fields = (
        "<p>Enter the code that your terminal shows.</p>"
        + _field("code", "Code", "", "off")
        + '<div class="actions"><button>Continue</button></div>'
    )
    return _page("Sign a device in", _form(fields, wrong, method="get"), status)


def device_page(
    code: str, client: str, email: str = "", wrong: str = "", status: int = 200
) -> HTMLResponse:
    """Asks who lets the device that shows the code sign in."""
    fields = (
        f"<p><strong>{escape(client)}</strong> asks to act as you. Go on only if you have just started it, "
        f'and it shows this code:</p><p class="code">{escape(code)}</p>'
        f'<input type="hidden" name="code" value="{escape(code)}">'
        + _field("email", "E-mail address", email, "username", kind="email")
        + _field("password", "Password", "", "current-password", kind="password")
        + '<div class="actions"><button name="answer" value="approve">Approve</button>'
        '<button class="other" name="answer" value="deny">Deny</button></div>'
        '<p class="small"><a href="sign-in/forgotten">Forgot the password?</a></p>'
    )
    return _page("Sign a device in", _form(fields, wrong), status)


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


def told_page(title: str, text: str) -> HTMLResponse:
    """Says how it went."""
    return _page(title, f"<p>{escape(text)}</p>", 200)


def must_be_own_form(request: Request) -> None:
    """Refuse what a page of another site sends. Raises `NotAllowed`."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotAllowed("this form was sent by another site", help="open the page itself")


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
