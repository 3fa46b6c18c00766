"""Why a request is refused. `status` is that of HTTP; `problems` writes them as RFC 9457."""

from __future__ import annotations

from typing import ClassVar

from auterity_sdk.errors import AuterityError


class Refusal(AuterityError):
    """A request is refused. `code` is a short stable word that programs go by."""

    status: ClassVar[int]
    code: ClassVar[str]

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with the answer."""
        return {}

    @property
    def errors(self) -> list[dict[str, str]]:
        """Which values of the request are wrong: `location` and `message` of each."""
        return []


class NotSignedIn(Refusal):
    """No credentials, or such as are not (or no longer) good. It never says which."""

    status = 401
    code = "sign-in-needed"

    def __init__(self) -> None:
        super().__init__("sign in first", help="sign in again, or send an API key that is in use")

    @property
    def headers(self) -> dict[str, str]:
        """The challenge that RFC 9110 asks of every 401."""
        return {"WWW-Authenticate": "Bearer"}


class SignInRefused(Refusal):
    """A password, a link or a refresh token is not good. It never says why."""

    status = 401
    code = "sign-in-refused"

    def __init__(self) -> None:
        super().__init__(
            "this does not sign anybody in",
            help="check what you entered; an owner of the organisation can give you a new link",
        )

    @property
    def headers(self) -> dict[str, str]:
        """The challenge that RFC 9110 asks of every 401."""
        return {"WWW-Authenticate": "Bearer"}


class TokenRefused(Refusal):
    """A token of an issuer is not exchanged. What differs is told of one that the issuer signed."""

    status = 401
    code = "sign-in-refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, help="compare the token's claims with the trust")

    @property
    def headers(self) -> dict[str, str]:
        """The challenge that RFC 9110 asks of every 401."""
        return {"WWW-Authenticate": "Bearer"}


class IssuerUnreachable(Refusal):
    """An issuer's keys cannot be had now."""

    status = 503
    code = "unavailable"

    def __init__(self, why: str) -> None:
        super().__init__(f"the issuer's keys cannot be had: {why}", help="try again later")


class NotAllowed(Refusal):
    """The principal sees the place, and may not do this there."""

    status = 403
    code = "not-allowed"


class NotThere(Refusal):
    """There is no such thing, or it is another tenant's: nobody can tell the two apart."""

    status = 404
    code = "not-found"

    def __init__(self, what: str) -> None:
        super().__init__(f"there is no such {what}")


class TooMany(Refusal):
    """Too many attempts or requests. `retry_after` is in whole seconds."""

    status = 429
    code = "too-many-requests"

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many requests", help=f"try again in {retry_after} seconds")
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """When to come again."""
        return {"Retry-After": str(self.retry_after)}


class Unfit(Refusal):
    """A value of the request cannot be. `location` is where it stands, such as `body/password`."""

    status = 422
    code = "invalid-request"

    def __init__(self, location: str, message: str, *, help: str | None = None) -> None:
        super().__init__(message, help=help)
        self.location = location

    @property
    def errors(self) -> list[dict[str, str]]:
        """The one value that is wrong."""
        return [{"location": self.location, "message": self.message}]


class Conflicting(Refusal):
    """What was asked does not go with what there is."""

    status = 409
    code = "conflict"


def said(refusal: Refusal) -> str:
    """What a person is told of it, in sentences."""
    return ". ".join(text.capitalize() for text in (refusal.message, refusal.help) if text) + "."
