"""What the server's mails say: plain text, the same for the same."""

from __future__ import annotations

from msgspec import Struct

from auterity_sdk.dealership.plain_text import clean_line


class Text(Struct, frozen=True):
    """A subject and a body."""

    subject: str
    body: str


def invitation(organisation: str, link: str, days: int) -> Text:
    """Tells somebody that they were invited. Whoever opens the link has shown that the address is theirs."""
    name = clean_line(organisation)
    return Text(
        f"You are invited to {name} on Auterity",
        f"Somebody at {name} has invited you to their workflows on Auterity.\n\n"
        f"Choose a password to accept. The link is good once, for {_days(days)}:\n\n{link}\n\n"
        "If you know nothing of this, do nothing: nobody can use the invitation without this mail.\n",
    )


def joined(organisation: str, url: str) -> Text:
    """Tells somebody with an account that they belong to another organisation."""
    name = clean_line(organisation)
    return Text(
        f"You belong to {name} on Auterity",
        f"Somebody at {name} has given you a role in their workflows on Auterity.\n\n"
        f"Sign in as before:\n\n  auterity login {url}\n",
    )


def new_password(link: str, minutes: int) -> Text:
    """Gives who has forgotten the password a way to set another one."""
    return Text(
        "Your new password on Auterity",
        "Somebody, we hope you, has asked for a new password for this address.\n\n"
        f"Choose it here. The link is good once, for {minutes} minutes; all your sign-ins end with it:\n\n{link}\n\n"
        "If it was not you, do nothing: your password stays as it is.\n",
    )


def _days(number: int) -> str:
    return "one day" if number == 1 else f"{number} days"
