"""The rule `secret-in-text`."""

from __future__ import annotations

import re

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.expression.templates import texts_in

_HELP = ("keep it out of the file: read it by `${secrets.NAME}`, alone in `with`",)
_NAME = re.compile(r"(?i)(\w*_)?(password|passwd|secret|token|api_?key)")
_KEY = re.compile(
    r"AKIA[0-9A-Z]{16}(?![0-9A-Z])"
    r"|gh[pousr]_[A-Za-z0-9]{36,}"
    r"|github_pat_[A-Za-z0-9_]{60,}"
    r"|xox[abpr]-[0-9A-Za-z-]{20,}"
    r"|[rs]k_live_[0-9A-Za-z]{20,}"
    r"|\bSK[0-9a-f]{32}\b"
    r"|\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}"
    r"|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"
)
_SHORTEST = 20
"""The characters of the shortest of these keys, AWS's: most texts of a file are shorter."""


@rule("AUT701")
def secret_in_text(subject: Subject) -> Found:
    """A text looks like a password or a key.

    ## What it checks

    Values that have the form of well-known keys (of AWS, GitHub, Slack, Stripe, Twilio, OpenAI, private
    keys), and plain values of arguments named `password`, `token`, `secret` or `api_key`.

    ## Why it matters

    Who reads the file, its history or a copy of it has the key.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet:
            uses: http.request
            with: {url: "https://crm.example/leads", headers: {authorization: "Bearer ghp_0123456789abcdefghijklmnopqrstuvwxyzAB"}}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet:
            uses: http.request
            with: {url: "https://crm.example/leads"}
    """
    # Large workflows say the same at many places.
    known: dict[str, re.Match[str] | None] = {}
    for value in texts_in(subject.data):
        found = None
        if len(value.text) >= _SHORTEST:
            if value.text not in known:
                known[value.text] = _KEY.search(value.text)
            found = known[value.text]
        if found:
            place = Location(value.path, fragment=found.span())
            yield Finding("this looks like a secret key", place, help=_HELP)
        elif "with" in value.around and _is_named(value.key) and _is_plain(value.text):
            message = f"`{value.key}` looks like a secret"
            yield Finding(message, Location(value.path), help=_HELP)


def _is_named(key: str | int) -> bool:
    return isinstance(key, str) and _NAME.fullmatch(key) is not None


def _is_plain(text: str) -> bool:
    return len(text) >= 6 and "${" not in text
