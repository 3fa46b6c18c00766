"""What the server's mails say: plain text, the same for the same."""

from __future__ import annotations

from collections.abc import Sequence

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


_MOST_MATTERS = 30


class Matter(Struct, frozen=True):
    """Something that somebody is told of: the subject of a mail of it alone, what it is, where it is found, and by which
    command."""

    subject: str
    said: str
    link: str
    command: str


def notification(matters: Sequence[Matter]) -> Text:
    """Tells somebody of what waits for them, or has come of what they asked for."""
    shown = [
        f"- {clean_line(each.said)}\n  {each.link}\n  {clean_line(each.command)}\n"
        for each in matters[:_MOST_MATTERS]
    ]
    left = len(matters) - len(shown)
    if left:
        shown.append(f"- and {left} more\n")
    subject = matters[0].subject if len(matters) == 1 else f"{len(matters)} matters on Auterity"
    return Text(
        clean_line(subject),
        "\n".join(shown)
        + "\nSomebody else may have answered by now. To get no more of these mails:\n\n"
        "  auterity users notify off\n",
    )


def _days(number: int) -> str:
    return "one day" if number == 1 else f"{number} days"
