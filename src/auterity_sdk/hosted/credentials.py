"""What a client signs its requests with: an API key, or the tokens of a session, which are renewed."""

from __future__ import annotations

from typing import Protocol


class Credentials(Protocol):
    """Gives the token for `Authorization: Bearer …`."""

    async def token(self) -> str | None:
        """The token to send; None where nobody is signed in."""
        ...

    async def renewed(self, refused: str) -> str | None:
        """Another token in place of one that the server refused; None if there is none to be had."""
        ...


class Nobody:
    """For what needs no sign-in."""

    async def token(self) -> str | None:
        """None."""
        return None

    async def renewed(self, refused: str) -> str | None:  # noqa: ARG002 - the protocol's signature
        """None."""
        return None


class ApiKey:
    """An API key, as programs have it. It is never shown: not by `repr` either."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.strip()

    async def token(self) -> str | None:
        """The key."""
        return self._secret or None

    async def renewed(self, refused: str) -> str | None:  # noqa: ARG002
        """None: a key that is refused stays refused."""
        return None
