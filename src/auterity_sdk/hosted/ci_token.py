"""The credentials of a CI job: a token of the CI service, exchanged for one of the server that is soon over."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping

import httpx2
from pydantic import SecretStr

from auterity_sdk.errors import SignInNeeded
from auterity_sdk.hosted.schemas.trust import ExchangedToken, TokenExchange

TRUST, ID_TOKEN, AUDIENCE = (
    "AUTERITY_OIDC_TRUST",
    "AUTERITY_OIDC_TOKEN",
    "AUTERITY_OIDC_AUDIENCE",
)
"""Variables: the trust's id; a token, where the CI service gives one in a variable; and the audience that is asked for."""

_ACTIONS_URL, _ACTIONS_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
_TIMEOUT = 20.0

Exchange = Callable[[TokenExchange], Awaitable[ExchangedToken]]


class CiToken:
    """Exchanges a token when the first request is made, and again where the server refuses what it gave."""

    def __init__(self, server: str, exchange: Exchange, environment: Mapping[str, str]) -> None:
        self._server = server
        self._exchange = exchange
        self._environment = environment
        self._held: str | None = None

    async def token(self) -> str | None:
        """The server's token. Raises `SignInNeeded` where the CI service gives none."""
        if self._held is None:
            said = TokenExchange(
                trust=self._environment[TRUST], subject_token=SecretStr(await self._id_token())
            )
            self._held = (await self._exchange(said)).access_token
        return self._held

    async def renewed(self, refused: str) -> str | None:
        """Another one in its place, once: a long job may outlive the first."""
        if refused != self._held:
            return self._held
        self._held = None
        return await self.token()

    async def _id_token(self) -> str:
        given = self._environment.get(ID_TOKEN)
        if given:
            return given.strip()
        url, bearer = self._environment.get(_ACTIONS_URL), self._environment.get(_ACTIONS_TOKEN)
        if not url or not bearer:
            raise SignInNeeded(
                f"{TRUST} is set, and there is no token to exchange",
                help=f"in GitHub Actions: permissions: id-token: write; elsewhere set {ID_TOKEN}",
            )
        audience = self._environment.get(AUDIENCE) or self._server.rstrip("/")
        return await _of_actions(url, bearer, audience)


async def _of_actions(url: str, bearer: str, audience: str) -> str:
    """A token of GitHub Actions for an audience."""
    asked = httpx2.URL(url).copy_add_param("audience", audience)
    try:
        async with httpx2.AsyncClient(timeout=_TIMEOUT) as client:
            answer = await client.get(asked, headers={"Authorization": f"bearer {bearer}"})
            answer.raise_for_status()
            found = answer.json()["value"]
    except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
        raise SignInNeeded(
            f"GitHub Actions gave no token ({type(error).__name__})",
            help="does the job have permissions: id-token: write?",
        ) from None
    return str(found)


def ci_token(server: str, exchange: Exchange) -> CiToken | None:
    """The credentials of this job, where the environment names a trust."""
    return CiToken(server, exchange, os.environ) if os.environ.get(TRUST) else None
