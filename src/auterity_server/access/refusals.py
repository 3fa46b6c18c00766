"""Why a request is refused. `status` is that of HTTP; `problems` writes them as RFC 9457."""

from __future__ import annotations

from typing import ClassVar

from auterity_sdk.errors import AuterityError


class Refusal(AuterityError):
    """A request is refused. `code` is a short stable word that programs go by."""

    status: ClassVar[int]
    code: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with the answer."""
        return {}


class NotSignedIn(Refusal):
    """No credentials, or such as are not (or no longer) good. It never says which."""

    status = 401
    code = "not_signed_in"

    def __init__(self) -> None:
        super().__init__("sign in first", help="sign in again, or send an API key that is in use")

    @property
    def headers(self) -> dict[str, str]:
        """The challenge that RFC 9110 asks of every 401."""
        return {"WWW-Authenticate": "Bearer"}


class SignInFailed(Refusal):
    """The address and the password do not belong together. It never says which was wrong."""

    status = 401
    code = "sign_in_failed"

    def __init__(self) -> None:
        super().__init__("the e-mail address and the password do not belong together")

    @property
    def headers(self) -> dict[str, str]:
        """The challenge that RFC 9110 asks of every 401."""
        return {"WWW-Authenticate": "Bearer"}


class NotAllowed(Refusal):
    """The principal sees the place, and may not do this there."""

    status = 403
    code = "not_allowed"


class NotThere(Refusal):
    """There is no such thing, or it is another tenant's: nobody can tell the two apart."""

    status = 404
    code = "not_found"

    def __init__(self, what: str) -> None:
        super().__init__(f"there is no such {what}")


class TooMany(Refusal):
    """Too many attempts or requests. `retry_after` is in whole seconds."""

    status = 429
    code = "too_many"

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many attempts", help=f"try again in {retry_after} seconds")
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """When to come again."""
        return {"Retry-After": str(self.retry_after)}


class Unfit(Refusal):
    """What was asked is well-formed, and cannot be. `code` tells which rule it breaks."""

    status = 422

    def __init__(self, code: str, message: str, *, help: str | None = None) -> None:
        super().__init__(message, help=help)
        self.code = code


class Conflicting(Refusal):
    """What was asked does not go with what there is. `code` tells why."""

    status = 409

    def __init__(self, code: str, message: str, *, help: str | None = None) -> None:
        super().__init__(message, help=help)
        self.code = code
